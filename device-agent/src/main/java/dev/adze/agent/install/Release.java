package dev.adze.agent.install;

/** A bundle and a profile that are run together. */
public record Release(long number, Part bundle, Part profile) {}
