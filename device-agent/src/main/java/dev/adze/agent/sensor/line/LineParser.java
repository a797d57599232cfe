package dev.adze.agent.sensor.line;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.talk.Hearing;
import java.util.List;

/** What the lines of one kind of talker mean. */
interface LineParser {
    List<ChannelInfo> channels();

    /** Writes the channels that this line tells of, and lets be the others. */
    void parse(String line, ReadingBuffer latest, Hearing.Told told);
}
