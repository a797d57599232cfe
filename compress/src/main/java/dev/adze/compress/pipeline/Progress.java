package dev.adze.compress.pipeline;

import dev.adze.compress.train.Epoch;
import dev.adze.compress.train.TrainingListener;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Says what is going on: one line a step of the pipeline, and within training a line that is rewritten. */
public final class Progress {
    /** Without a terminal a progress line is printed this rarely, so that logs stay short. */
    private static final long LOG_NANOS = 30_000_000_000L;
    private static final long TERMINAL_NANOS = 200_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private final StopSignal stop;
    private final Pause pause;

    public Progress(PrintStream out, boolean terminal, StopSignal stop) {
        this(out, terminal, stop, null);
    }

    private Progress(PrintStream out, boolean terminal, StopSignal stop, Pause pause) {
        this.out = out;
        this.terminal = terminal;
        this.stop = stop;
        this.pause = pause;
    }

    /**
     * A stage's training that is to be looked at on its way.
     *
     * @param after epochs after which it waits; 0: it does not
     * @param epochs told of each epoch, earlier sittings' included
     */
    record Pause(String stage, int after, Consumer<List<Epoch>> epochs) {}

    /** The same with a pause. */
    Progress with(Pause pause) {
        return new Progress(out, terminal, stop, pause);
    }

    public void line(String text) {
        out.println(text);
    }

    public StopSignal stop() {
        return stop;
    }

    /** A listener that prints the progress of one stage's training. */
    TrainingListener training(String stage) {
        return new TrainingListener() {
            private final boolean watched = pause != null && pause.stage().equals(stage);
            private final List<Epoch> epochs = new ArrayList<>();
            private long lastPrint = System.nanoTime();

            @Override
            public void onResume(List<Epoch> curve) {
                epochs.addAll(curve);
                tell();
            }

            private void tell() {
                if (watched) {
                    pause.epochs().accept(List.copyOf(epochs));
                }
            }

            @Override
            public void onStep(long step, long totalSteps, double loss, double secondsPerStep) {
                long now = System.nanoTime();
                if (now - lastPrint < (terminal ? TERMINAL_NANOS : LOG_NANOS)) {
                    return;
                }
                lastPrint = now;
                String text = String.format(Locale.ROOT, "  %s: step %d of %d (%.0f %%), loss %.5f, %.0f ms a step, %s left",
                        stage, step, totalSteps, 100.0 * step / totalSteps, loss, 1000 * secondsPerStep,
                        duration((totalSteps - step) * secondsPerStep));
                if (terminal) {
                    out.print("\r\u001b[K" + text);
                    out.flush();
                } else {
                    out.println(text);
                }
            }

            @Override
            public void onEpoch(Epoch epoch, boolean best) {
                out.printf(Locale.ROOT, "%s  %s: epoch %d, loss %.5f, validation %.5f%s, %s%n",
                        terminal ? "\r\u001b[K" : "", stage, epoch.number(), epoch.trainLoss(),
                        epoch.validationMetric(), best ? " (best)" : "", duration(epoch.seconds()));
                epochs.add(epoch);
                tell();
            }

            @Override
            public boolean stopRequested() {
                return stop.requested() || watched && pause.after() > 0 && epochs.size() >= pause.after();
            }
        };
    }

    /** For example {@code 1 h 05 min}, {@code 12 min 30 s}, {@code 8 s}. */
    public static String duration(double seconds) {
        long s = Math.round(seconds);
        if (s >= 3600) {
            return String.format(Locale.ROOT, "%d h %02d min", s / 3600, s % 3600 / 60);
        }
        return s >= 60 ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60) : s + " s";
    }
}
