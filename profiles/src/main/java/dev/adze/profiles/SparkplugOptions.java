package dev.adze.profiles;

/** The names of a Sparkplug B edge node, together its own alone. */
public record SparkplugOptions(String group, String node) {}
