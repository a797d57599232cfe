package dev.adze.agent.ledger;

/**
 * Where the slowest hundredth of all decisions spent their time.
 *
 * @param decisions how many they are: a hundredth of all, rounded down
 * @param meanNanos their mean latency of the whole way
 * @param shares    of their time by stage, in the order of {@link Stage} without {@link Stage#TOTAL}; the sum is 1
 */
public record Slowest(long decisions, double meanNanos, double[] shares) {}
