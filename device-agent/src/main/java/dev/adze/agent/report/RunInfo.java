package dev.adze.agent.report;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.runtime.bundle.TaskSpec;
import java.util.List;

/**
 * What is run, for the head of every report.
 *
 * @param profile   name of the profile
 * @param bundle    file name of the bundle
 * @param model     name in the bundle's manifest
 * @param precision of its weights, {@code int8} for example
 * @param kernel    what computes a step, {@code vector-256} for example
 * @param channels  input channels, in the model's order
 * @param sources   where each is read, {@code host:cpu.busy} for example
 */
public record RunInfo(
        String version,
        String profile,
        String bundle,
        String model,
        String precision,
        String kernel,
        double rateHz,
        TaskSpec task,
        List<ChannelInfo> channels,
        List<String> sources) {
    public RunInfo {
        channels = List.copyOf(channels);
        sources = List.copyOf(sources);
    }
}
