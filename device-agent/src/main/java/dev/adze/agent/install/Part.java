package dev.adze.agent.install;

/**
 * One file of a release.
 *
 * @param name {@code release-N.adze} or {@code release-N.yaml}; N is the release that brought it, others may share it
 * @param crc  CRC-32C of its content
 */
public record Part(String name, long bytes, int crc) {}
