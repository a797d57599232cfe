package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Held against picocli, which reads the same arguments. */
class PlainRunTest {
    private static Map<String, Object> options(RunCommand command) throws IllegalAccessException {
        var values = new TreeMap<String, Object>();
        for (Field field : RunCommand.class.getDeclaredFields()) {
            if (field.isAnnotationPresent(Option.class)) {
                field.setAccessible(true);
                values.put(field.getName(), String.valueOf(field.get(command)));
            }
        }
        return values;
    }

    private static RunCommand byPicocli(String... args) {
        var command = new RunCommand();
        var root = new CommandLine(CommandLine.Model.CommandSpec.create()).addSubcommand("run", new CommandLine(
                CommandLine.Model.CommandSpec.forAnnotatedObject(command)));
        root.parseArgs(args);
        return command;
    }

    @Test
    void itKnowsEveryOptionOfTheCommand() {
        List<String> declared = new ArrayList<>();
        for (Field field : RunCommand.class.getDeclaredFields()) {
            Option option = field.getAnnotation(Option.class);
            if (option != null) {
                declared.addAll(List.of(option.names()));
            }
        }
        assertEquals(declared, PlainRun.OPTIONS);
    }

    @Test
    void plainArgumentsAreReadAsPicocliReadsThem() throws Exception {
        for (String line : List.of("run --profile p.yaml", "run --profile this-host --bundle a/b.adze --duration 20s",
                "run --rate 12.5 --profile p.yaml --jsonl x.jsonl --metrics off --record r.csv.gz", "run --profile a=b --metrics 0.0.0.0:9",
                "run --installed /var/lib/x --duration 2s")) {
            String[] args = line.split(" ");
            assertEquals(options(byPicocli(args)), options(PlainRun.of(null, args).orElseThrow()), line);
        }
    }

    @Test
    void anythingElseIsLeftToPicocli() {
        for (String line : List.of("run", "run --help", "run --profile", "run --profile=p.yaml", "run --profile p --profile q",
                "run --bundle b.adze", "run --profile p --rate ten", "run --profile p --rate -1", "run --profile p --debug",
                "run --profile p --typo 3", "run p --profile", "status --profile p", "run --profile -x", "--debug run --profile",
                "run --profile @p", "run --installed", "run --installed=f")) {
            assertTrue(PlainRun.of(null, line.split(" ")).isEmpty(), line);
        }
        assertTrue(PlainRun.of(null).isEmpty());
        assertTrue(PlainRun.of(null, "run", "--profile", "").isEmpty());
    }
}
