package dev.adze.compress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/** A recording for tests: two coupled oscillations with a little noise, at 2 Hz. */
public final class WavesRecording {
    private WavesRecording() {}

    /** Writes channels a and b in volts. */
    public static void write(Path file, int samples) throws IOException {
        var random = new Random(5);
        var csv = new StringBuilder("time[ms],a[V],b[V]\n");
        for (int t = 0; t < samples; t++) {
            csv.append(1_700_000_000_000L + 500L * t).append(String.format(Locale.ROOT, ",%.4f,%.4f\n",
                    Math.sin(0.3 * t) + 0.02 * random.nextGaussian(), 3 + Math.cos(0.3 * t + 0.5)));
        }
        Files.writeString(file, csv);
    }
}
