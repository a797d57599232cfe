package dev.adze.compress.pipeline;

import dev.adze.compress.export.ExportPrecision;
import dev.adze.compress.export.ExportRequest;
import dev.adze.compress.export.ExportTarget;
import dev.adze.compress.export.Exporter;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.report.Metric;
import dev.adze.compress.report.StageResult;
import dev.adze.compress.report.Units;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.RecurrentNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a run's last bundle for other engines, beside it, each file proven in its own engine over the golden vectors and
 * the held-out part; and tells of each what the report's table shows. One that was written before from the same bundle is not
 * made again.
 */
final class ExportStep {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String NAME = "export.json";

    /** @param sha256 of the exported file */
    private record Kept(String sha256, StageResult stage) {}

    private final Recipe.Export wanted;
    private final Prepared data;
    private final RunFolder folder;
    private final String version;
    private final Progress progress;

    ExportStep(Recipe.Export wanted, Prepared data, RunFolder folder, String version, Progress progress) {
        this.wanted = wanted;
        this.data = data;
        this.folder = folder;
        this.version = version;
        this.progress = progress;
    }

    /** @throws AdzeException whatever {@link Exporter#export} throws, with the target before it; no file is left then */
    StageResult run(ExportTarget target, JudgedStage stage) {
        String word = target.name().toLowerCase(Locale.ROOT);
        String bundle = stage.bundle().getFileName().toString();
        Path file = stage.bundle().resolveSibling(bundle.substring(0, bundle.length() - "adze".length()) + word);
        Path kept = folder.stepFolder("export-" + word, Hashing.sha256(String.join("\n", word, wanted.precision(), version,
                data.dataHash(), Hashing.sha256(bytes(stage.bundle()))))).resolve(NAME);
        Optional<StageResult> before = before(kept, file);
        if (before.isPresent()) {
            progress.line("export " + file.getFileName() + ": done before");
            return before.get();
        }
        remove(file);
        remove(file.resolveSibling(file.getFileName() + ".parity.json"));
        try {
            Exporter.Result result = Exporter.export(stage.bundle(), new ExportRequest(target, Optional.empty(),
                    precision(target), false, false), file, Optional.of(_ -> data.heldOut()));
            progress.line("export " + file.getFileName() + ": " + result.description() + ", " + Units.bytes(result.bytes()));
            result.parity().describe().lines().forEach(line -> progress.line("  " + line));
            StageResult told = told(stage, word, result);
            RunFolder.write(kept, JSON.writeValueAsString(new Kept(Hashing.sha256(bytes(file)), told)).getBytes(StandardCharsets.UTF_8));
            return told;
        } catch (AdzeException e) {
            throw new AdzeException(e.kind(), "export.to " + word + ": " + e.getMessage() + " (the run's other results are"
                    + " whole; in the recipe the keys are export.to and export.precision)", e);
        }
    }

    private Optional<ExportPrecision> precision(ExportTarget target) {
        return target == ExportTarget.SAFETENSORS || wanted.precision().equals("auto") ? Optional.empty()
                : Optional.of(ExportPrecision.valueOf(wanted.precision().toUpperCase(Locale.ROOT)));
    }

    private static StageResult told(JudgedStage stage, String word, Exporter.Result result) {
        var figures = result.parity().heldOut().orElseThrow();
        var metric = new Metric(figures.metric(), figures.unit(), figures.export(), figures.interval().low(),
                figures.interval().high(), stage.judgement().main().higherIsBetter());
        RecurrentNetwork network = stage.tensors().network(); // whole: blocks of zeros are left out by Adze's kernels alone
        return new StageResult(stage.name() + ", " + word, result.description(), Describe.network(network),
                network.parameterCount(), network.multiplyAccumulates(), result.bytes(), metric, List.of(), null,
                "not measured in this engine", List.of("judged on the held-out part by " + result.parity().engine()));
    }

    /** A file that was changed or removed since is made again, and so is one whose note cannot be read. */
    private static Optional<StageResult> before(Path kept, Path file) {
        if (!Files.isRegularFile(kept) || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            Kept note = JSON.readValue(bytes(kept), Kept.class);
            return Optional.of(note).filter(n -> n.stage() != null && Hashing.sha256(bytes(file)).equals(n.sha256())).map(Kept::stage);
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    /** An earlier bundle's file must not lie beside this one where the export fails. */
    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw RunFolder.cannotWrite(file, e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, file + " cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
