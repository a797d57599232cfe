package dev.adze.agent.sensor.line;

import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.linux.DeviceError;
import dev.adze.agent.sensor.linux.SerialPort;
import dev.adze.agent.sensor.talk.TalkerGroup;
import dev.adze.agent.sensor.talk.TalkerSource;
import dev.adze.profiles.SensorDevice;
import dev.adze.profiles.SensorDevice.Driver;
import dev.adze.profiles.SensorDevice.Link;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.LongSupplier;

/** Programs that print, serial lines, satellite receivers. */
public final class LineGroups {
    private static final int LOOK_MILLIS = 200;

    private LineGroups() {}

    public static SensorGroup of(SensorDevice device, Link.Command command, LongSupplier nanoClock) {
        return group(device, new NumberLines(device.inputs()), () -> start(command.words()), nanoClock);
    }

    public static SensorGroup of(SensorDevice device, Link.Serial port, LongSupplier nanoClock) {
        LineParser parser = device.driver() == Driver.NMEA ? new NmeaLines() : new NumberLines(device.inputs());
        return group(device, parser, () -> open(port), nanoClock);
    }

    private static SensorGroup group(SensorDevice device, LineParser parser, TalkerSource.Opener opener, LongSupplier nanoClock) {
        return new TalkerGroup(device.name(), parser.channels(), () -> new LineHearing(parser), opener, "line",
                device.setting("stale-s"), nanoClock);
    }

    private static TalkerSource start(List<String> words) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(words).redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new IOException("the program cannot be started", e);
        }
        InputStream output = process.getInputStream();
        return new TalkerSource() {
            @Override
            public int read(byte[] into) throws IOException {
                int count = output.read(into);
                if (count < 0) {
                    throw new IOException("the program has ended");
                }
                return count;
            }

            @Override
            public void close() {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
            }
        };
    }

    private static TalkerSource open(Link.Serial link) throws IOException {
        SerialPort port;
        try {
            port = new SerialPort(link);
        } catch (DeviceError e) {
            throw new IOException(e.reason(), e);
        }
        return new TalkerSource() {
            @Override
            public int read(byte[] into) throws IOException {
                return port.read(into, 0, into.length, LOOK_MILLIS);
            }

            @Override
            public void close() {
                port.close();
            }
        };
    }
}
