package dev.adze.agent.forward;

/**
 * Something to be delivered: its bytes mean something to whoever delivers it, not to the log.
 *
 * @param kind        how to read the payload; the deliverer's own numbers
 * @param epochMillis when it happened
 * @param payload     not to be changed
 */
public record Report(byte kind, long epochMillis, byte[] payload) {}
