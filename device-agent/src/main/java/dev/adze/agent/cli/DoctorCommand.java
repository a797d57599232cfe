package dev.adze.agent.cli;

import dev.adze.agent.sensor.Board;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.runtime.doctor.Checkup;
import dev.adze.runtime.doctor.Finding;
import dev.adze.runtime.doctor.Machine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = "Says what of this device can be used: Java, processor, kernels and why one was chosen, huge pages,"
                + " memory, disk, sensors. Exit code 8 if something does not work.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Runnable {
    private static final long DISK_BYTES = 50_000_000;

    @Option(names = "--root", hidden = true, defaultValue = "/")
    private Path root;

    @Override
    public void run() {
        List<Finding> findings = new ArrayList<>(Checkup.runtime(new Machine(root)));
        findings.add(Checkup.disk("work folder", Path.of("").toAbsolutePath(), DISK_BYTES));
        findings.add(sensors());
        System.out.print(Finding.table(findings));
        Finding.requireNoProblem(findings);
    }

    private Finding sensors() {
        List<SensorGroup> groups = Board.discover(root, System::nanoTime);
        int channels = groups.stream().mapToInt(group -> group.channels().size()).sum();
        return channels == 0 ? Finding.note("sensors", "this device has none of its own; a profile can replay a recording")
                : Finding.ok("sensors", channels + " channels: "
                        + groups.stream().map(SensorGroup::name).collect(Collectors.joining(", ")));
    }
}
