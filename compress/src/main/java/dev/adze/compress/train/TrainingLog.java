package dev.adze.compress.train;

import dev.adze.runtime.AdzeException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps what a training did: {@code gradients.csv} with gradient norms a gate (for {@code adze diagnose}) and an event file
 * for TensorBoard, both thinned to some thousand steps; and says when a gradient vanishes or explodes.
 */
public final class TrainingLog implements TrainingListener, AutoCloseable {
    /** Of {@code gradients.csv}: a line for every gate at every kept step. */
    public static final String HEADER = "step,loss,gate,norm";
    private static final int KEPT_STEPS = 1000;

    private final TrainingListener next;
    private final Consumer<GradientWatch.Finding> onFinding;
    private final LongSupplier epochMillis;
    private final Path csvFile;
    private final BufferedWriter csv;
    private final EventFile events;
    private final GradientWatch watch = new GradientWatch();
    private long totalSteps;

    /**
     * @param next        told about everything too
     * @param csvFile     gets lines added if it exists, as it does when a training goes on
     * @param eventFolder gets one more event file
     * @param onFinding   told once a gate and trouble
     */
    public TrainingLog(TrainingListener next, Path csvFile, Path eventFolder, LongSupplier epochMillis,
            Consumer<GradientWatch.Finding> onFinding) {
        this.next = next;
        this.csvFile = csvFile;
        this.epochMillis = epochMillis;
        this.onFinding = onFinding;
        try {
            boolean fresh = !Files.exists(csvFile);
            csv = Files.newBufferedWriter(csvFile, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            if (fresh) {
                csv.write(HEADER + "\n");
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        events = new EventFile(eventFolder, epochMillis.getAsLong());
    }

    @Override
    public void onResume(java.util.List<Epoch> curve) {
        next.onResume(curve);
    }

    @Override
    public void onStep(long step, long totalSteps, double loss, double secondsPerStep) {
        this.totalSteps = totalSteps;
        next.onStep(step, totalSteps, loss, secondsPerStep);
    }

    @Override
    public void onGradients(long step, double loss, double learningRate, Supplier<List<GateNorms.Norm>> supplier) {
        List<GateNorms.Norm> norms = supplier.get();
        List<GradientWatch.Finding> findings = watch.accept(step, norms);
        findings.forEach(onFinding);
        if (step % Math.max(1, totalSteps / KEPT_STEPS) != 0 && findings.isEmpty()) {
            return;
        }
        long now = epochMillis.getAsLong();
        events.scalar(now, step, "loss", loss);
        events.scalar(now, step, "learning rate", learningRate);
        try {
            for (GateNorms.Norm norm : norms) {
                csv.write(String.format(Locale.ROOT, "%d,%.6g,%s,%.6g%n", step, loss, norm.name(), norm.value()));
                events.scalar(now, step, "gradient norm/" + norm.name(), norm.value());
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        next.onGradients(step, loss, learningRate, () -> norms);
    }

    @Override
    public void onEpoch(Epoch epoch, boolean best) {
        events.scalar(epochMillis.getAsLong(), epoch.number(), "validation metric by epoch", epoch.validationMetric());
        events.scalar(epochMillis.getAsLong(), epoch.number(), "training loss by epoch", epoch.trainLoss());
        next.onEpoch(epoch, best);
    }

    @Override
    public void onWeights(long step, Supplier<List<GateHistogram>> histograms) {
        long now = epochMillis.getAsLong();
        histograms.get().forEach(histogram -> events.histogram(now, step, histogram));
        flush();
    }

    @Override
    public boolean stopRequested() {
        return next.stopRequested();
    }

    private void flush() {
        events.flush();
        try {
            csv.flush();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    @Override
    public void close() {
        try (events) {
            csv.close();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private AdzeException cannotWrite(IOException e) {
        return new AdzeException(AdzeException.Kind.CANNOT_WRITE, csvFile + " cannot be written (" + e.getMessage()
                + "): free some disk space or choose another folder with --out", e);
    }
}
