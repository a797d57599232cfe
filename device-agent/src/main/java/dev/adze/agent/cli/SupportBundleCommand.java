package dev.adze.agent.cli;

import dev.adze.agent.sensor.Board;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.support.Redaction;
import dev.adze.agent.support.SupportBundle;
import dev.adze.profiles.CheckedYaml;
import dev.adze.profiles.Profile;
import dev.adze.profiles.ProfileReader;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.doctor.Checkup;
import dev.adze.runtime.doctor.Finding;
import dev.adze.runtime.doctor.Machine;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "support-bundle",
        description = "Writes a zip for whoever is to help: check-up, versions, profile without secrets, the running agent's"
                + " status, the last lines of its report, the bundle's description. No weights, no keys, no passwords.",
        mixinStandardHelpOptions = true)
final class SupportBundleCommand implements Callable<Integer> {
    private static final JsonMapper PRETTY = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Mixin
    private RunningAgent agent;

    @Option(names = "--profile", paramLabel = "PROFILE", description = "The profile in question; its report and bundle come along.")
    private String profileName;

    @Option(names = "--bundle", paramLabel = "FILE", description = "The model in question (default: the profile's bundle).")
    private Path bundle;

    @Option(names = "--output", paramLabel = "FILE", defaultValue = "adze-support.zip", description = "The zip (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Override
    public Integer call() {
        Profile profile = profileName == null ? null : ProfileReader.readNamedOrPath(profileName);
        var zip = new SupportBundle();
        zip.add("versions.txt", SupportBundleCommand::versions);
        zip.add("doctor.txt", SupportBundleCommand::doctor);
        zip.add("status.json", () -> PRETTY.writeValueAsString(Redaction.of(agent.status())));
        if (profile != null) {
            zip.add("profile.json", () -> PRETTY.writeValueAsString(Redaction.of(yaml(profileName).root())));
            profile.reporting().jsonl().ifPresent(file -> zip.add("report.jsonl", () -> Redaction.address(SupportBundle.tail(file))));
        }
        Path model = bundle != null ? bundle : profile == null ? null : profile.bundle().orElse(null);
        if (model != null) {
            zip.add("bundle.json", () -> describe(model));
        }
        zip.write(output);
        System.out.println(output + ": " + zip.size() + " files; look into it before you send it");
        return 0;
    }

    private static CheckedYaml yaml(String nameOrPath) {
        return ProfileReader.readyNames().contains(nameOrPath) ? CheckedYaml.parse(nameOrPath, ProfileReader.readyYaml(nameOrPath))
                : CheckedYaml.read(Path.of(nameOrPath));
    }

    private static String versions() {
        return "adze-agent " + Version.TEXT + "\nJava " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version")
                + "\nsystem " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch") + "\n";
    }

    private static String doctor() {
        List<Finding> findings = new ArrayList<>(Checkup.runtime(Machine.here()));
        List<SensorGroup> groups = Board.discover(Path.of("/"), System::nanoTime);
        findings.add(Finding.ok("sensors", groups.stream().map(SensorGroup::name).collect(Collectors.joining(", "))));
        groups.forEach(SensorGroup::close);
        return Finding.table(findings);
    }

    private static String describe(Path file) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            Bundle read = BundleReader.read(file, arena);
            var json = JsonMapper.shared().createObjectNode();
            json.put("file", file.getFileName().toString()).put("bytes", Files.size(file)).put("sha256", ModelSource.of(file, read).sha256());
            json.put("goldenCases", read.goldenCases().size()).set("manifest", Redaction.of(JsonMapper.shared().readTree(read.manifest().toJson())));
            return PRETTY.writeValueAsString(json);
        }
    }
}
