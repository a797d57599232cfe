package dev.adze.agent.alarm;

/**
 * An alarm was raised or cleared.
 *
 * @param alarm       its name
 * @param output      the output that it watches
 * @param value       the last one watched: the output, or its change per second
 * @param epochMillis of the decision that did it
 */
public record AlarmChange(String alarm, boolean raised, String output, double value, long epochMillis) {}
