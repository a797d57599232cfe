package dev.adze.agent.sensor.can;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.chip.LinearInput;
import dev.adze.agent.sensor.linux.CanSocket;
import dev.adze.agent.sensor.linux.DeviceError;
import dev.adze.agent.sensor.talk.TalkerGroup;
import dev.adze.agent.sensor.talk.TalkerSource;
import dev.adze.profiles.SensorDevice;
import dev.adze.profiles.SensorDevice.Link;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/** Numbers in the frames of a CAN bus. Nothing is ever sent. */
public final class CanGroups {
    private static final int LOOK_MILLIS = 200;

    private CanGroups() {}

    public static SensorGroup of(SensorDevice device, Link.Can bus, LongSupplier nanoClock) {
        int[] identifiers = signals(device).stream().mapToInt(CanSignal::identifier).distinct().toArray();
        return of(device, () -> open(bus.netInterface(), identifiers), nanoClock);
    }

    static SensorGroup of(SensorDevice device, TalkerSource.Opener opener, LongSupplier nanoClock) {
        List<CanSignal> signals = signals(device);
        List<LinearInput> linear = device.inputs().stream().map(LinearInput::new).toList();
        return new TalkerGroup(device.name(), device.inputs().stream().map(i -> new ChannelInfo(i.name(), i.unit())).toList(),
                () -> new CanHearing(signals, linear), opener, "frame", device.setting("stale-s"), nanoClock);
    }

    private static List<CanSignal> signals(SensorDevice device) {
        return device.inputs().stream().map(i -> new CanSignal(i.from(), i.type())).toList();
    }

    private static TalkerSource open(String netInterface, int[] identifiers) throws IOException {
        CanSocket socket;
        try {
            socket = new CanSocket(netInterface, identifiers);
        } catch (DeviceError e) {
            throw new IOException(e.reason(), e);
        }
        return new TalkerSource() {
            @Override
            public int read(byte[] into) throws IOException {
                try {
                    return socket.read(into, LOOK_MILLIS);
                } catch (DeviceError e) {
                    throw new IOException(e.reason(), e);
                }
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }
}
