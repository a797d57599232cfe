package dev.adze.profiles;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where reports wait until they are delivered; docs/forward-log-format.md.
 *
 * @param folder    of the logs, one a receiver
 * @param mostBytes of each; then the oldest reports are lost
 * @param sync      how long a report may wait for others to be put on the disk with them
 */
public record ForwardOptions(Path folder, long mostBytes, Duration sync) {}
