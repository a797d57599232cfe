package dev.adze.compress.bench;

import dev.adze.compress.report.KeyValue;
import dev.adze.compress.report.Units;
import dev.adze.runtime.doctor.Machine;
import dev.adze.runtime.kernel.KernelChoice;
import java.util.ArrayList;
import java.util.List;

/** Describes this machine for a report: what the system does not say is left out. */
final class MachineFacts {
    private MachineFacts() {}

    static List<KeyValue> facts() {
        Machine machine = Machine.here();
        List<KeyValue> facts = new ArrayList<>();
        facts.add(new KeyValue("processor", machine.processor()));
        add(facts, "processor features", String.join(", ", machine.features()));
        add(facts, "caches", machine.caches());
        add(facts, "frequency governor", machine.frequencyGovernor());
        add(facts, "huge pages", machine.hugePages());
        machine.memoryBytes().ifPresent(bytes -> facts.add(new KeyValue("memory", Units.bytes(bytes))));
        facts.add(new KeyValue("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch")));
        facts.add(new KeyValue("Java", System.getProperty("java.vm.name") + " " + Runtime.version()));
        KernelChoice kernel = KernelChoice.best();
        facts.add(new KeyValue("kernel chosen here", kernel.name() + " (" + kernel.reason() + ")"));
        return facts;
    }

    private static void add(List<KeyValue> facts, String key, String value) {
        if (!value.isBlank()) {
            facts.add(new KeyValue(key, value));
        }
    }
}
