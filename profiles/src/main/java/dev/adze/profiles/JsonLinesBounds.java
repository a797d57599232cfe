package dev.adze.profiles;

/**
 * How much the JSON-lines report writes.
 *
 * @param bytesPerHour decisions are left out when it would be more, latencies told in brief; 0 for no bound
 * @param rotateBytes  of one file; then another is begun
 * @param files        at most, the one that is written included
 */
public record JsonLinesBounds(long bytesPerHour, long rotateBytes, int files) {
    static final JsonLinesBounds DEFAULT = new JsonLinesBounds(1_000_000, 10_000_000, 5);
}
