package dev.adze.compress.cli;

import dev.adze.runtime.doctor.Checkup;
import dev.adze.runtime.doctor.Finding;
import dev.adze.runtime.doctor.Machine;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Says what of this machine can be used: Java,"
        + " processor, kernels and why one was chosen, huge pages, memory, disk, libraries. Exit code 8 if something does"
        + " not work.")
final class DoctorCommand implements Runnable {
    @Override
    public void run() {
        List<Finding> findings = new ArrayList<>(Checkup.runtime(Machine.here()));
        findings.addAll(EngineCheck.findings());
        System.out.print(Finding.table(findings));
        Finding.requireNoProblem(findings);
    }
}
