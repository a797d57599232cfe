package dev.adze.compress.cli;

import dev.adze.compress.data.DataSource;
import dev.adze.compress.data.RecordingReader;
import dev.adze.compress.data.RecordingSummary;
import dev.adze.runtime.AdzeException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code adze data ...}: looks at recordings. */
@Command(name = "data", description = "Look at sensor recordings.", subcommands = DataCommand.Inspect.class,
        mixinStandardHelpOptions = true)
public final class DataCommand {
    /** {@code adze data inspect FILES...}. */
    @Command(name = "inspect", mixinStandardHelpOptions = true, sortOptions = false,
            description = "Show channels, units, sampling rate, gaps, ranges, and constant and duplicate channels.")
    static final class Inspect implements Callable<Integer> {
        @Mixin
        DataOptions data;

        @Option(names = "--gap", paramLabel = "FACTOR", defaultValue = "3",
                description = "a time step of more than so many periods is a gap; default: 3")
        double gapFactor;

        @Option(names = "--json", description = "print one JSON document instead of a table")
        boolean json;

        @Spec
        CommandSpec spec;

        @Override
        public Integer call() {
            if (!(gapFactor > 1)) {
                throw new AdzeException(AdzeException.Kind.USAGE, "--gap " + gapFactor + " must be above 1");
            }
            DataSource source = DataSource.resolve(data.toSpec());
            RecordingSummary summary = RecordingSummary.of(RecordingReader.read(source), gapFactor);
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                var document = new LinkedHashMap<String, Object>();
                document.put("files", source.files().stream().map(Path::toString).toList());
                document.put("format", DataOptions.name(source.format()));
                document.put("sha256", source.contentHash());
                document.put("summary", summary);
                out.println(JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValueAsString(document));
            } else {
                new SummaryPrinter(out).print(source, summary);
            }
            out.flush();
            return 0;
        }
    }
}
