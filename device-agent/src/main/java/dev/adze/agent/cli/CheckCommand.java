package dev.adze.agent.cli;

import dev.adze.profiles.MqttOptions;
import dev.adze.profiles.Profile;
import dev.adze.profiles.ProfileReader;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.session.EdgeModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "check",
        description = "Checks profiles, and the models that they name, on any machine: nothing is read from a sensor and nothing is written. "
                + "A line for each; the exit code is that of the first that is refused.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "PROFILE", arity = "1..*", description = "Files, or names of ready ones.")
    private List<String> names;

    @Option(names = "--bundle", paramLabel = "FILE", description = "The model (default: each profile's bundle, if it is there).")
    private Path bundle;

    @Option(names = "--here", description = "Also whether this device is of the architecture and names every channel of the model.")
    private boolean here;

    /** Opened once for all the profiles that run them: a fleet has few. */
    private final Map<Path, Manifest> models = new HashMap<>();
    private final Map<String, String> clients = new HashMap<>();

    @Override
    public Integer call() {
        int code = 0;
        for (String name : names) {
            try {
                System.out.println(name + ": " + check(name));
            } catch (Exception e) {
                int refused = Main.failed(main, e);
                code = code == 0 ? refused : code;
            }
        }
        return code;
    }

    private String check(String name) {
        Profile profile = ProfileReader.readNamedOrPath(name);
        profile.reporting().mqtt().map(MqttOptions::clientId).ifPresent(id -> {
            String other = clients.putIfAbsent(id, name);
            if (other != null) {
                throw new AdzeException(Kind.USAGE, name + " and " + other + " have the same MQTT client-id, " + id
                        + ": the broker would end either connection for the other; give each its own name, or reporting.mqtt.client-id");
            }
        });
        if (here) {
            ProfileFit.requireArchitecture(profile);
        }
        Optional<Path> file = Optional.ofNullable(bundle).or(profile::bundle);
        if (file.isEmpty() || bundle == null && !Files.exists(file.get())) {
            return "profile " + profile.name() + "; " + file.map(f -> "its bundle " + f + " is not here").orElse("it names no bundle");
        }
        Manifest manifest = models.computeIfAbsent(file.get(), CheckCommand::manifest);
        ProfileFit.requireModel(manifest, profile);
        ProfileFit.nearMisses(manifest, profile).forEach(line -> System.err.println("adze-agent: warning: " + line));
        if (here) {
            ProfileFit.requireChannels(manifest, profile);
        }
        return "profile " + profile.name() + ", model " + manifest.name() + " (" + file.get() + ")";
    }

    /** After its golden vectors agreed. */
    private static Manifest manifest(Path file) {
        try (EdgeModel model = EdgeModel.open(file, KernelChoice.best())) {
            return model.manifest();
        }
    }
}
