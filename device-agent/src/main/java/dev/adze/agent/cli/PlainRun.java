package dev.adze.agent.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code run} with nothing but options and their values, as services start it: read without picocli, whose classes, which
 * Java's caches do not take, cost 0.2 s of a start. Whatever else there is, mistakes and help too, is picocli's.
 */
final class PlainRun {
    static final List<String> OPTIONS = List.of("--profile", "--bundle", "--installed", "--duration", "--rate", "--jsonl", "--metrics", "--record");

    private PlainRun() {}

    /** The command as picocli would make it, or empty to ask picocli. */
    static Optional<RunCommand> of(Main main, String... args) {
        if (args.length % 2 == 0 || !args[0].equals("run")) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i < args.length; i += 2) {
            String value = args[i + 1];
            boolean plain = OPTIONS.contains(args[i]) && !value.isEmpty() && "-\"'@".indexOf(value.charAt(0)) < 0;
            if (!plain || values.put(args[i], value) != null) {
                return Optional.empty();
            }
        }
        String rate = values.get("--rate");
        return (values.containsKey("--profile") || values.containsKey("--installed")) && (rate == null || rate.matches("[0-9]{1,9}(\\.[0-9]{1,9})?"))
                ? Optional.of(new RunCommand(main, values)) : Optional.empty();
    }
}
