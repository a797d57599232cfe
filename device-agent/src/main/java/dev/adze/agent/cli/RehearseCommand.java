package dev.adze.agent.cli;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.calibrate.RandomTensors;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.EdgeModel;
import dev.adze.runtime.session.GoldenCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** A second of a run on this host with a network of no meaning, for the launcher to learn what a start needs. */
@Command(name = "rehearse", hidden = true, description = "Runs for a second and leaves nothing.")
final class RehearseCommand implements Callable<Integer> {
    private static final List<String> CHANNELS = List.of("cpu.busy", "mem.available");

    @ParentCommand
    private Main main;

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("adze-rehearsal");
        try {
            writeBundle(folder.resolve("m.adze"), Precision.INT8);
            exercise(writeBundle(folder.resolve("fp32.adze"), Precision.FP32));
            Path profile = Files.writeString(folder.resolve("p.yaml"), """
                    adze-profile: 1
                    name: rehearsal
                    device: {board: any}
                    bundle: m.adze
                    sensors: {rate-hz: 50}
                    runtime: {kernel: vector}
                    state: {folder: state}
                    reporting: {console-interval-s: 1, jsonl: r.jsonl}
                    """);
            return main.within("run", "--profile", profile.toString(), "--duration", "1s");
        } finally {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** For what its kernel needs; the run below is of a quantized model, as most are. */
    private static void exercise(Path bundle) {
        try (EdgeModel model = EdgeModel.open(bundle, KernelChoice.vector())) {
            WarmUp.exercise(model, MonotonicClock.system());
        }
    }

    private static Path writeBundle(Path file, Precision precision) {
        var preprocess = new PreprocessSpec(CHANNELS.stream().map(c -> new ChannelSpec(c, "%", 50, 25, 0, 100)).toList(), 4, 8, List.of(), true);
        var task = new TaskSpec(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 20, 1, 20,
                List.of(new TaskSpec.OutputSpec("any", "%", 50, 25, 0, 100)));
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(preprocess.featureCount(), 2, 48, 1);
        NetworkTensors weights = RandomTensors.of(network, precision);
        try (CompiledNetwork compiled = CompiledNetwork.compile(weights, KernelChoice.scalar())) {
            var golden = List.of(GoldenCheck.record(compiled, preprocess, task, 3, new float[3 * CHANNELS.size()]));
            new Bundle(new Manifest("rehearsal", network, precision, preprocess, task, new LinkedHashMap<>(),
                    new LinkedHashMap<>(), new Manifest.Tolerance(1e-4, 1e-4)), weights, golden).write(file);
        }
        return file;
    }
}
