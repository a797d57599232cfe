package dev.adze.agent.cli;

import dev.adze.agent.status.StatusClient;
import dev.adze.agent.status.StatusSockets;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import picocli.CommandLine.Option;

/** The agent that is asked about: the one that runs, or the one that is named. */
final class RunningAgent {
    @Option(names = "--agent", paramLabel = "PROFILE", description = "Which one, by its profile's name, if several run.")
    private String profile;

    @Option(names = "--socket", paramLabel = "FILE", description = "Its status socket, where it is none of the usual places.")
    private Path socket;

    /**
     * What it says now.
     *
     * @throws AdzeException UNAVAILABLE if none runs; USAGE if several do
     */
    JsonNode status() {
        List<Path> places = socket != null ? List.of(socket) : new StatusSockets(System.getenv()).existing();
        Map<Path, JsonNode> running = new LinkedHashMap<>();
        for (Path place : places) {
            StatusClient.ask(place).map(RunningAgent::parse).filter(s -> profile == null || s.path("profile").asString("").equals(profile))
                    .ifPresent(s -> running.put(place, s));
        }
        if (running.isEmpty()) {
            throw new AdzeException(Kind.UNAVAILABLE, "no agent" + (profile == null ? "" : " of profile " + profile)
                    + " is running" + (socket == null ? " here" : " behind " + socket)
                    + "; start one with `adze-agent run`, or ask as its user (or root)");
        }
        if (running.size() > 1) {
            throw new AdzeException(Kind.USAGE, running.size() + " agents are running: " + running.entrySet().stream()
                    .map(e -> e.getValue().path("profile").asString("?") + " (" + e.getKey() + ")").collect(Collectors.joining(", "))
                    + "; choose one with " + (profile == null ? "--agent PROFILE or " : "") + "--socket FILE");
        }
        return running.values().iterator().next();
    }

    private static JsonNode parse(String text) {
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new AdzeException(Kind.BAD_DATA, "the agent's answer is cut off or none of an adze-agent; ask again", e);
        }
    }
}
