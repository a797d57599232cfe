package dev.adze.compress.pipeline;

import dev.adze.compress.train.Epoch;
import dev.adze.compress.train.GradientWatch.Finding;
import dev.adze.compress.train.GradientWatch.Trouble;
import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What went wrong in a run's trainings, with the likely cause and the mend. */
public final class Diagnosis {
    private Diagnosis() {}

    /**
     * Lines for people: what was looked at, then what was found.
     *
     * @param run folder of a run, finished or not
     * @throws AdzeException NOT_FOUND if it is no run's folder
     */
    public static List<String> of(Path run) {
        var lines = new ArrayList<String>();
        try (Stream<Path> folders = Files.list(run.resolve("steps"))) {
            for (Path step : folders.sorted().toList()) {
                if (Files.exists(step.resolve("gradients.csv"))) {
                    String stage = step.getFileName().toString();
                    List<String> found = stage(step);
                    lines.add(stage + ": " + (found.isEmpty() ? "nothing to complain of" : ""));
                    found.forEach(line -> lines.add("  " + line));
                }
            }
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, run + " is no folder of a run (it has no readable steps);"
                    + " give the folder that adze run --out named", e);
        }
        if (lines.isEmpty()) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, run + " holds no training yet; run its recipe first");
        }
        return lines;
    }

    private static List<String> stage(Path step) throws IOException {
        var found = new ArrayList<String>();
        List<Finding> findings = Findings.read(step);
        for (Trouble trouble : Trouble.values()) {
            List<Finding> same = findings.stream().filter(f -> f.trouble() == trouble).toList();
            if (!same.isEmpty()) {
                found.add(gradients(trouble, same));
            }
        }
        Path done = step.resolve("done.json");
        if (Files.exists(done)) {
            found.addAll(curve(TrainStep.curve(done)));
        } else {
            found.add("not finished: run the same command to go on");
        }
        return found;
    }

    private static String gradients(Trouble trouble, List<Finding> findings) {
        String where = findings.stream().map(Finding::name).distinct().limit(4).collect(Collectors.joining(", "))
                + (findings.size() > 4 ? " and " + (findings.size() - 4) + " more" : "");
        Finding first = findings.getFirst();
        String seen = String.format(Locale.ROOT, " (norm %.2g from step %d on, ten steps in a row): ", first.norm(), first.step());
        return switch (trouble) {
            case EXPLODING -> "exploding gradient in " + where + seen + "the learning rate is too high for the data, or a"
                    + " feature takes extreme values; lower train.learningRate, lengthen train.warmUpEpochs, set"
                    + " train.clipNorm or train.clipValue lower, or preprocess.clip";
            case VANISHING -> "vanishing gradient in " + where + seen + (findings.stream().allMatch(f -> f.name().contains("weight_hh"))
                    ? "the recurrent weights get no gradient, as with windows of one step or a loss that ends before the state"
                            + " matters; lengthen task.windowSteps, or lower train.lossFromStep"
                    : findings.stream().allMatch(f -> f.name().startsWith("layer 0"))
                            ? "the first layer gets no gradient through those above it; take fewer layers, shorter windows,"
                                    + " less dropout, residual connections, or a hint (distill.hintWeight)"
                            : "the gates are saturated or the loss is flat: look for constant targets (adze data inspect) and"
                                    + " extreme features (preprocess.clip), and lower train.learningRate if the loss rose first");
        };
    }

    private static List<String> curve(List<Epoch> curve) {
        var found = new ArrayList<String>();
        if (curve.isEmpty()) {
            return found;
        }
        Epoch best = curve.stream().min((a, b) -> Double.compare(a.validationMetric(), b.validationMetric())).orElseThrow();
        Epoch last = curve.getLast();
        if (last.validationMetric() > 1.05 * best.validationMetric() && last.trainLoss() < best.trainLoss()) {
            found.add(String.format(Locale.ROOT, "over-fitting after epoch %d: validation rose from %.4g to %.4g while the loss"
                    + " fell; raise train.dropout, weightDecay or augment, take a smaller network or fewer epochs, or give more"
                    + " data (the weights of epoch %d were kept)", best.number(), best.validationMetric(),
                    last.validationMetric(), best.number()));
        }
        if (curve.size() > 1 && best == last
                && last.validationMetric() < 0.98 * curve.get(curve.size() - 2).validationMetric()) {
            found.add(String.format(Locale.ROOT, "still learning when it stopped: validation fell from %.4g to %.4g in the last"
                    + " epoch; raise train.epochs", curve.get(curve.size() - 2).validationMetric(), last.validationMetric()));
        }
        if (curve.size() > 2 && last.trainLoss() > 0.995 * curve.getFirst().trainLoss()) {
            found.add(String.format(Locale.ROOT, "the loss hardly fell (%.4g to %.4g): raise train.learningRate, or the inputs"
                    + " say nothing about the target", curve.getFirst().trainLoss(), last.trainLoss()));
        }
        return found;
    }
}
