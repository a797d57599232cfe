package dev.adze.runtime.kernel;

/**
 * How many threads compute a step of a loaded network.
 *
 * @param count  the caller's thread included
 * @param reason one clause for people: {@code 1.7 times as fast as one}
 */
public record ThreadChoice(int count, String reason) {}
