package dev.adze.agent.sensor.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.pi4j.context.Context;
import com.pi4j.exception.Pi4JException;
import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalInputBase;
import com.pi4j.io.gpio.digital.DigitalInputConfig;
import com.pi4j.io.gpio.digital.DigitalInputProvider;
import com.pi4j.io.gpio.digital.DigitalInputProviderBase;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.DigitalStateChangeEvent;
import com.pi4j.io.gpio.digital.DigitalStateChangeListener;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Pi4J's digital input over /dev/gpiochipN of any Linux board. Edges are counted by the kernel's own sequence number of
 * the line, so none is lost between two looks, however many there were; a line that cannot interrupt (on many I/O
 * expanders) has levels but no edges. A thread is spent only once somebody listens.
 */
final class LinuxDigitalInput extends DigitalInputBase {
    static final String PROVIDER = "linux-digital-input";
    private static final int EVENTS_AT_ONCE = 16;
    private static final int RISING = 1;
    private static final int LINE_SEQUENCE = 20;
    private static final int KIND = 8;
    private static final int EINVAL = 22;
    private static final int WATCH_MILLIS = 200;

    static final class Provider extends DigitalInputProviderBase {
        Provider() {
            super(PROVIDER, "GPIO inputs over /dev/gpiochipN");
        }

        @Override
        public DigitalInput create(DigitalInputConfig config) {
            return new LinuxDigitalInput(this, config);
        }
    }

    private final int fd;
    private final boolean countsEdges;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment events = arena.allocate(EVENTS_AT_ONCE * GpioChip.EVENT_BYTES, 8);
    private long edges;
    private int lastSequence;
    private Thread watcher;
    private volatile boolean open = true;

    private LinuxDigitalInput(DigitalInputProvider provider, DigitalInputConfig config) {
        super(provider, config);
        long pull = switch (config.pull()) {
            case PULL_UP -> GpioChip.PULL_UP;
            case PULL_DOWN -> GpioChip.PULL_DOWN;
            case OFF -> 0;
        };
        String chip = "/dev/gpiochip" + config.bus();
        int requested;
        boolean withEdges = true;
        try {
            try {
                requested = GpioChip.request(chip, config.bcm(), GpioChip.INPUT | GpioChip.EDGES | pull);
            } catch (DeviceError e) {
                if (e.errno() != DeviceError.ENXIO && e.errno() != EINVAL) {
                    throw e;
                }
                withEdges = false;
                requested = GpioChip.request(chip, config.bcm(), GpioChip.INPUT | pull);
            }
        } catch (DeviceError e) {
            throw new Pi4JException(e);
        }
        fd = requested;
        countsEdges = withEdges;
    }

    @Override
    public DigitalState state() {
        try {
            return GpioChip.get(fd) ? DigitalState.HIGH : DigitalState.LOW;
        } catch (DeviceError e) {
            throw new Pi4JException(e);
        }
    }

    /** Rising and falling edges since the line was opened; -1 if it cannot tell. */
    synchronized long edges() throws DeviceError {
        if (!countsEdges) {
            return -1;
        }
        drain();
        return edges;
    }

    /** Takes what events there are; the sequence number also counts those that the kernel had no room to keep. */
    private void drain() throws DeviceError {
        while (open && Libc.readable(fd, 0)) {
            int bytes = Libc.read(fd, events);
            for (int at = 0; at + GpioChip.EVENT_BYTES <= bytes; at += GpioChip.EVENT_BYTES) {
                int sequence = events.get(JAVA_INT, at + LINE_SEQUENCE);
                edges += Integer.toUnsignedLong(sequence - lastSequence);
                lastSequence = sequence;
                dispatch(new DigitalStateChangeEvent<DigitalInput>(this,
                        events.get(JAVA_INT, at + KIND) == RISING ? DigitalState.HIGH : DigitalState.LOW));
            }
        }
    }

    @Override
    public synchronized DigitalInput addListener(DigitalStateChangeListener... listeners) {
        super.addListener(listeners);
        if (watcher == null && countsEdges) {
            watcher = Thread.ofPlatform().daemon().name("gpio-" + config.bcm()).start(this::watch);
        }
        return this;
    }

    private void watch() {
        try {
            while (open) {
                if (Libc.readable(fd, WATCH_MILLIS)) {
                    edges();
                }
            }
        } catch (DeviceError e) {
            // The chip is gone: whoever asks for a level or a count is told.
        }
    }

    @Override
    public void close() {
        Thread watching;
        synchronized (this) {
            if (!open) {
                return;
            }
            open = false;
            watching = watcher;
        }
        try {
            if (watching != null && watching != Thread.currentThread()) {
                watching.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Libc.close(fd);
        arena.close();
    }

    @Override
    public DigitalInput shutdownInternal(Context context) {
        close();
        return super.shutdownInternal(context);
    }
}
