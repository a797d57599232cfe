package dev.adze.agent.sensor.can;

import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.chip.LinearInput;
import dev.adze.agent.sensor.talk.Hearing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Frames as SocketCAN gives them (linux/can.h), one at a time: 16 bytes, or 72 of CAN FD. */
final class CanHearing implements Hearing {
    static final int CLASSIC_BYTES = 16;
    static final int FD_BYTES = 72;
    private static final int LENGTH = 4;
    private static final int DATA = 8;
    private static final int REMOTE_REQUEST = 0x4000_0000;
    private static final int ERROR = 0x2000_0000;

    private final List<CanSignal> signals;
    private final List<LinearInput> linear;

    CanHearing(List<CanSignal> signals, List<LinearInput> linear) {
        this.signals = signals;
        this.linear = linear;
    }

    @Override
    public boolean hear(byte[] bytes, int count, ReadingBuffer latest, Told told) {
        if (count != CLASSIC_BYTES && count != FD_BYTES) {
            return false;
        }
        int identifier = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(0);
        if ((identifier & (REMOTE_REQUEST | ERROR)) != 0) {
            return false;
        }
        int length = Math.min(bytes[LENGTH] & 0xff, count - DATA);
        for (int i = 0; i < signals.size(); i++) {
            CanSignal signal = signals.get(i);
            if (signal.identifier() != identifier) {
                continue;
            }
            if (signal.fits(length)) {
                linear.get(i).set(signal.decode(bytes, DATA), latest, i);
            } else {
                latest.invalid(i, "the frame is too short for it");
            }
            told.channel(i);
        }
        return true;
    }
}
