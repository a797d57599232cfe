package dev.adze.agent.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "status",
        description = "Tells how the running agent is. Exit code 8 if none runs.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private static final int WIDTH = 100;

    @Mixin
    private RunningAgent agent;

    @Option(names = "--json", description = "All of it, as JSON (docs/service.md).")
    private boolean json;

    @Override
    public Integer call() {
        JsonNode status = agent.status();
        if (json) {
            System.out.println(JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValueAsString(status));
            return 0;
        }
        System.out.printf(Locale.ROOT, "%s (%s, %s) of profile %s, process %d, for %s%n", status.path("model").asString(""),
                status.path("precision").asString(""), status.path("kernel").asString(""), status.path("profile").asString(""),
                status.path("pid").asLong(0), TopView.clock(status.path("seconds").asDouble(0)));
        TopView.lines(status, WIDTH).stream().skip(1).forEach(System.out::println);
        TopView.intervals(status, WIDTH).forEach(System.out::println);
        return 0;
    }
}
