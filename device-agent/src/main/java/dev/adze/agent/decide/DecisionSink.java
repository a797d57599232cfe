package dev.adze.agent.decide;

import dev.adze.agent.sensor.ReadingBuffer;

/** Takes decisions on the loop's own thread: must return soon, never block, and keep nothing that it is given. */
public interface DecisionSink {
    void decided(Decision decision, ReadingBuffer readings);
}
