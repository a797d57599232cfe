package dev.adze.compress.cli;

import dev.adze.compress.export.ForeignFile;
import dev.adze.compress.graph.GraphPicture;
import dev.adze.compress.graph.GraphText;
import dev.adze.compress.graph.StepGraph;
import dev.adze.compress.pipeline.Describe;
import dev.adze.compress.recipe.Presets;
import dev.adze.compress.report.ConsoleTable;
import dev.adze.compress.report.ConsoleTable.Column;
import dev.adze.compress.report.Units;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.AtomicFile;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "info", mixinStandardHelpOptions = true,
        description = "Shows a bundle (.adze) or a preset: layers, parameters, bytes, metrics, where it comes from.")
final class InfoCommand implements Runnable {
    @Parameters(paramLabel = "BUNDLE|PRESET", description = "a bundle, or teacher-12m, student-3.8m, teacher-mini,"
            + " student-mini")
    private String subject;

    @Option(names = "--inputs", defaultValue = "32", description = "inputs of a preset (default: ${DEFAULT-VALUE})")
    private int inputs;

    @Option(names = "--outputs", defaultValue = "1", description = "outputs of a preset (default: ${DEFAULT-VALUE})")
    private int outputs;

    @Option(names = "--graph", description = "also one time step's operators, memory traffic and kernel before and after fusion")
    private boolean graph;

    @Option(names = "--picture", paramLabel = "FILE", description = "with --graph: draw it as SVG, too")
    private Path picture;

    @Override
    public void run() {
        if (subject.endsWith(".adze") || Files.exists(Path.of(subject))) {
            ForeignFile.requireBundle(Path.of(subject));
            try (Arena arena = Arena.ofConfined()) {
                Manifest manifest = BundleReader.read(Path.of(subject), arena).manifest();
                printNetwork(manifest.network());
                printManifest(manifest);
                showGraph(manifest.network(), manifest.precisions(), manifest.name());
            }
        } else {
            RecurrentNetwork network = Presets.byId(subject).network(inputs, outputs);
            printNetwork(network);
            showGraph(network, LayerPrecisions.uniform(network, Precision.FP32), subject);
        }
    }

    private void showGraph(RecurrentNetwork network, LayerPrecisions precisions, String name) {
        if (!graph) {
            if (picture != null) {
                throw new AdzeException(AdzeException.Kind.USAGE, "--picture draws the graph: give --graph, too");
            }
            return;
        }
        StepGraph step = StepGraph.of(network, precisions);
        String kernel = KernelChoice.best().name();
        GraphText.of(step, kernel).forEach(System.out::println);
        if (picture != null) {
            AtomicFile.write(picture, GraphPicture.of(step, name, kernel).getBytes(StandardCharsets.UTF_8));
            System.out.println("picture: " + picture);
        }
    }

    private static void printNetwork(RecurrentNetwork network) {
        System.out.println(Describe.network(network));
        var table = new ConsoleTable(Column.number("layer"), Column.text("kind"), Column.number("inputs"),
                Column.number("outputs"), Column.number("parameters"), Column.number("MACs a step"));
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            String kind = switch (layer) {
                case Dense dense -> "dense, " + dense.activation().name().toLowerCase(java.util.Locale.ROOT);
                case Layer other -> Describe.word(other).replaceFirst(" [0-9]+$", "");
            };
            table.row(String.valueOf(i), kind, String.valueOf(layer.inputSize()), String.valueOf(layer.outputSize()),
                    String.format(java.util.Locale.ROOT, "%,d", layer.parameterCount()),
                    String.format(java.util.Locale.ROOT, "%,d", layer.multiplyAccumulates()));
        }
        table.row("all", "", String.valueOf(network.inputSize()), String.valueOf(network.outputSize()),
                String.format(java.util.Locale.ROOT, "%,d", network.parameterCount()),
                String.format(java.util.Locale.ROOT, "%,d", network.multiplyAccumulates()));
        System.out.print(table);
        System.out.println("weights: fp32 " + Units.bytes(4 * network.parameterCount()) + ", about "
                + Units.bytes(network.parameterCount()) + " in int8");
    }

    private static void printManifest(Manifest manifest) {
        var lines = new ArrayList<String>();
        lines.add("name: " + manifest.name() + ", " + manifest.precisions().describe());
        var task = manifest.task();
        lines.add("task: " + task.kind().name().toLowerCase(java.util.Locale.ROOT) + ", "
                + task.mode().name().toLowerCase(java.util.Locale.ROOT) + " of " + task.windowSteps() + " steps"
                + (task.periodMillis() > 0 ? " of " + task.periodMillis() + " ms" : "")
                + (task.horizonSteps() > 0 ? ", " + task.horizonSteps() + " steps ahead" : ""));
        if (task.manySteps()) {
            lines.add("outputs: " + String.join(", ", task.outputs().stream().flatMap(o -> o.ahead().stream()).map(TaskSpec.Ahead::channel)
                    .distinct().toList()) + ", at each of " + task.horizonSteps() + " steps");
        }
        task.outputs().stream().filter(_ -> !task.manySteps()).forEach(o -> lines.add("output: " + o.name() + (o.unit().isEmpty() ? "" : " [" + o.unit() + "]")));
        task.anomaly().ifPresent(a -> lines.add("output: " + TaskSpec.SCORE + ", from 1 on unusual (errors smoothed by "
                + a.smoothing() + ", threshold " + a.threshold() + ")"));
        manifest.preprocess().channels().forEach(c -> lines.add(
                "channel: " + c.name() + (c.unit().isEmpty() ? "" : " [" + c.unit() + "]")));
        manifest.metrics().forEach((name, value) -> lines.add(name + ": " + value));
        manifest.provenance().forEach((name, value) -> lines.add(name + ": " + value));
        lines.forEach(System.out::println);
    }
}
