package dev.adze.agent.cli;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.calibrate.Calibration;
import dev.adze.runtime.calibrate.LatencyTable;
import dev.adze.runtime.calibrate.LatencyTable.Cell;
import dev.adze.runtime.calibrate.LatencyTable.Check;
import dev.adze.runtime.calibrate.LatencyTableFile;
import dev.adze.runtime.model.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "calibrate",
        description = "Measures what steps of recurrent layers of many sizes cost on this device, and writes a table from which"
                + " adze search predicts the latency of networks that do not exist yet.",
        mixinStandardHelpOptions = true)
final class CalibrateCommand implements Runnable {
    @Option(names = "--out", paramLabel = "FILE", defaultValue = "latency-table.json", description = "The table; default: ${DEFAULT-VALUE}.")
    private Path out;

    @Option(names = "--cells", split = ",", defaultValue = "lstm,gru", description = "lstm, gru; default: both.")
    private List<String> cells;

    @Option(names = "--precisions", split = ",", defaultValue = "fp32,fp16,int8,int4", description = "Default: ${DEFAULT-VALUE}.")
    private List<String> precisions;

    @Option(names = "--largest", paramLabel = "UNITS", defaultValue = "512", description = "Inputs and hidden units of the largest"
            + " layer; default: ${DEFAULT-VALUE}.")
    private int largest;

    @Option(names = "--seconds", defaultValue = "0.2", description = "For each size; default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Override
    public void run() {
        if (largest < 1 || largest > 16_384 || !(seconds > 0 && seconds <= 60)) {
            throw new AdzeException(AdzeException.Kind.USAGE, "--largest must be 1 to 16384 and --seconds above 0 and at most 60");
        }
        if (Files.isDirectory(out)) {
            throw new AdzeException(AdzeException.Kind.USAGE, "--out " + out + " is a folder; name a file in it");
        }
        var calibration = new Calibration(names(cells, Cell.class, "--cells"), names(precisions, Precision.class, "--precisions"), largest,
                largest, seconds);
        int points = calibration.points();
        System.out.printf(Locale.ROOT, "calibrate: %d sizes, about %.0f s; keep the device as busy as it will be%n", points, 1.2 * points * seconds);
        LatencyTable table = calibration.run(point -> {
            if (point % 20 == 0) {
                System.out.printf(Locale.ROOT, "  %d of %d%n", point, points);
            }
        });
        LatencyTableFile.write(table, out);
        for (Check check : table.checks()) {
            System.out.printf(Locale.ROOT, "  check: %s in %s: predicted %.2f us, measured %.2f us%n", check.network(),
                    check.precision().name().toLowerCase(Locale.ROOT), check.predictedP50Micros(), check.measuredP50Micros());
        }
        System.out.println("table: " + out + ", kernel " + table.kernel() + "; give it to adze search under latency.table");
    }

    private static <E extends Enum<E>> List<E> names(List<String> names, Class<E> type, String option) {
        List<E> known = Stream.of(type.getEnumConstants()).filter(constant -> constant != Precision.MIXED).toList(); // a layer has one
        return names.stream().map(name -> known.stream().filter(constant -> constant.name().equalsIgnoreCase(name.strip())).findFirst()
                .orElseThrow(() -> new AdzeException(AdzeException.Kind.USAGE, option + " " + name + " is unknown; use "
                        + known.toString().toLowerCase(Locale.ROOT)))).distinct().toList();
    }
}
