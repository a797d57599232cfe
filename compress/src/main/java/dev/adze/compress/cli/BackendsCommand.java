package dev.adze.compress.cli;

import dev.adze.compress.export.ForeignFile;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.Backends;
import dev.adze.runtime.backend.FastestModel;
import dev.adze.runtime.latency.Percentile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "backends", mixinStandardHelpOptions = true, description = "Tries a bundle on every engine of this machine:"
        + " golden vectors, then times; shows the table and which engine would serve (docs/backends.md).")
final class BackendsCommand implements Runnable {
    @Parameters(paramLabel = "BUNDLE", description = "a bundle (.adze)")
    private Path bundle;

    @Option(names = "--by", paramLabel = "PERCENTILE", defaultValue = "p99", description = "p50, p90, p99 or p99.9 of the time"
            + " of a call (default: ${DEFAULT-VALUE})")
    private String by;

    @Option(names = "--cache", paramLabel = "FOLDER", description = "remember the table there, and use one that is there")
    private Path cache;

    @Override
    public void run() {
        ForeignFile.requireBundle(bundle);
        var choice = new FastestModel.Choice(percentile(), Optional.ofNullable(cache), Backends.all(), System.out::println,
                System::nanoTime);
        try (var opened = FastestModel.open(bundle, choice)) {
            opened.table().describe().forEach(System.out::println);
            System.out.println(bundle + ": " + opened.model().network().kernel().name() + ", "
                    + opened.model().network().kernel().reason() + (opened.remembered() ? " (remembered)" : ""));
        }
    }

    private Percentile percentile() {
        return Arrays.stream(Percentile.values()).filter(p -> p.label().equals(by)).findFirst()
                .orElseThrow(() -> new AdzeException(AdzeException.Kind.USAGE, "--by " + by + " is no percentile; choose "
                        + Arrays.stream(Percentile.values()).map(Percentile::label).collect(Collectors.joining(", "))));
    }
}
