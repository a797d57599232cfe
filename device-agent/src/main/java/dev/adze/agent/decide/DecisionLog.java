package dev.adze.agent.decide;

import dev.adze.agent.sensor.ReadingBuffer;

/** The books: is told of every decision once it is delivered, so that the cost of delivering it is in its stamps. */
public interface DecisionLog {
    void delivered(Decision decision, ReadingBuffer readings, long missedSlots, long sensorTimeouts, int quarantinedGroups);
}
