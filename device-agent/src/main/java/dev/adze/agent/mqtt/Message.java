package dev.adze.agent.mqtt;

/**
 * What is published.
 *
 * @param acknowledged whether the broker has to say that it has it (QoS 1), or not (QoS 0)
 */
record Message(String topic, byte[] payload, boolean acknowledged, boolean retained) {}
