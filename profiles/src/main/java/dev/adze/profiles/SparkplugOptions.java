package dev.adze.profiles;

import java.util.Optional;

/**
 * The names of a Sparkplug B edge node, together its own alone.
 *
 * @param primaryHost the host application without which nothing is sent, by its id
 */
public record SparkplugOptions(String group, String node, Optional<String> primaryHost) {}
