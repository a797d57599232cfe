package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.linux.DeviceError;
import dev.adze.agent.sensor.linux.StreamDevice;
import dev.adze.profiles.SensorDevice;
import dev.adze.profiles.SensorDevice.Input;
import dev.adze.profiles.SensorDevice.Link;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The buffer of one industrial I/O device, set up and open: scans of several channels that a trigger takes, read from
 * {@code /dev/iio:deviceN}. Whoever opens the device file first has it; the settings are changed only after that.
 */
final class IioBuffer implements AutoCloseable {
    private static final int MOST_BYTES = 1 << 16;

    private final Path folder;
    private final StreamDevice stream;
    private final List<ScanInput> inputs = new ArrayList<>();
    private final ByteBuffer bytes;
    private int scanBytes;

    IioBuffer(Path root, SensorDevice device, Link.Iio link) throws IOException {
        folder = find(root.resolve("sys/bus/iio/devices"), "iio:device", link.device(), "industrial I/O device");
        stream = open(root.resolve("dev").resolve(folder.getFileName()));
        try {
            write("buffer/enable", "0");
            if (!link.trigger().isEmpty()) {
                find(root.resolve("sys/bus/iio/devices"), "trigger", link.trigger(), "trigger");
                write("trigger/current_trigger", link.trigger());
            }
            lay(device.inputs());
            write("buffer/length", String.valueOf((int) device.setting("length")));
            write("buffer/enable", "1");
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw e;
        }
        bytes = ByteBuffer.allocate(Math.max(1, MOST_BYTES / scanBytes) * scanBytes);
    }

    private static StreamDevice open(Path file) throws IOException {
        try {
            return new StreamDevice(file.toString());
        } catch (DeviceError e) {
            throw new IOException(e.reason(), e);
        }
    }

    private static Path find(Path devices, String prefix, String name, String what) throws IOException {
        var known = new ArrayList<String>();
        for (Path device : SysfsNames.list(devices, prefix)) {
            known.add(SysfsNames.line(device.resolve("name")));
            String label = SysfsNames.line(device.resolve("label"));
            if (known.getLast().equals(name) || label.equals(name)) {
                return device;
            }
        }
        throw new IOException("no " + what + " is called " + name + "; there " + (known.isEmpty() ? "is none"
                : (known.size() == 1 ? "is " : "are ") + String.join(", ", known)));
    }

    private void write(String file, String text) throws IOException {
        try {
            Files.write(folder.resolve(file), text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (AccessDeniedException e) {
            throw new IOException("no permission to set " + file, e);
        } catch (IOException e) {
            throw new IOException("the driver refuses " + text + " in " + file, e);
        }
    }

    /** Switches on the channels that are wanted, no other, and reckons where each lies in a scan. */
    private void lay(List<Input> wanted) throws IOException {
        Path elements = folder.resolve("scan_elements");
        var byIndex = new TreeMap<Integer, String>();
        var channels = new ArrayList<String>();
        for (Path enable : SysfsNames.list(elements, "in_")) {
            String file = enable.getFileName().toString();
            if (!file.endsWith("_en")) {
                continue;
            }
            String channel = file.substring("in_".length(), file.length() - "_en".length());
            channels.add(channel);
            boolean on = wanted.stream().anyMatch(i -> i.from().equals(channel));
            write("scan_elements/" + file, on ? "1" : "0");
            if (on) {
                byIndex.put(Integer.parseInt(SysfsNames.line(elements.resolve("in_" + channel + "_index"))), channel);
            }
        }
        for (Input input : wanted) {
            if (!channels.contains(input.from())) {
                throw new IOException("the device has no channel " + input.from() + " to scan; there "
                        + (channels.isEmpty() ? "is none" : "are " + String.join(", ", channels)));
            }
        }
        var at = new TreeMap<String, Integer>();
        int end = 0;
        int largest = 1;
        for (String channel : byIndex.values()) {
            ScanFormat format = format(channel);
            end = Math.ceilDiv(end, format.bytes()) * format.bytes();
            at.put(channel, end);
            end += format.bytes();
            largest = Math.max(largest, format.bytes());
        }
        scanBytes = Math.ceilDiv(end, largest) * largest;
        for (Input input : wanted) {
            inputs.add(new ScanInput(input, format(input.from()), at.get(input.from()), IioCalibration.of(folder, input.from())));
        }
    }

    private ScanFormat format(String channel) throws IOException {
        String text = SysfsNames.line(folder.resolve("scan_elements/in_" + channel + "_type"));
        try {
            return ScanFormat.of(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("the driver's format of " + channel + " is unknown: " + text, e);
        }
    }

    /**
     * Takes the scans that there are, but no more than one buffer full: a device that gives faster than it is read ends too.
     *
     * @return how many
     */
    int drain() throws IOException {
        int count;
        try {
            count = stream.read(bytes.array(), bytes.capacity());
        } catch (DeviceError e) {
            throw new IOException(e.reason(), e);
        }
        for (int scan = 0; scan + scanBytes <= count; scan += scanBytes) {
            for (ScanInput input : inputs) {
                input.take(bytes, scan);
            }
        }
        return count / scanBytes;
    }

    ScanInput input(int index) {
        return inputs.get(index);
    }

    /** Leaves the buffer off, as others could not read single values otherwise. */
    @Override
    public void close() {
        stream.close();
        try {
            write("buffer/enable", "0");
        } catch (IOException e) {
            // The device is gone, and its buffer with it.
        }
    }
}
