package dev.adze.agent.sensor.linux;

import com.pi4j.context.Context;
import com.pi4j.exception.Pi4JException;
import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalOutputBase;
import com.pi4j.io.gpio.digital.DigitalOutputConfig;
import com.pi4j.io.gpio.digital.DigitalOutputProvider;
import com.pi4j.io.gpio.digital.DigitalOutputProviderBase;
import com.pi4j.io.gpio.digital.DigitalState;

/**
 * Pi4J's digital output over /dev/gpiochipN of any Linux board. The line has its initial level from the moment that it is
 * an output, and is left as it is when it is closed.
 */
final class LinuxDigitalOutput extends DigitalOutputBase {
    static final String PROVIDER = "linux-digital-output";

    static final class Provider extends DigitalOutputProviderBase {
        Provider() {
            super(PROVIDER, "GPIO outputs over /dev/gpiochipN");
        }

        @Override
        public DigitalOutput create(DigitalOutputConfig config) {
            return new LinuxDigitalOutput(this, config);
        }
    }

    private final int fd;
    private boolean open = true;

    private LinuxDigitalOutput(DigitalOutputProvider provider, DigitalOutputConfig config) {
        super(provider, config);
        boolean high = config.initialState() == DigitalState.HIGH;
        try {
            fd = GpioChip.requestOutput("/dev/gpiochip" + config.bus(), config.bcm(), high);
        } catch (DeviceError e) {
            throw new Pi4JException(e);
        }
        state = high ? DigitalState.HIGH : DigitalState.LOW;
    }

    @Override
    public DigitalOutput state(DigitalState wanted) {
        try {
            GpioChip.set(fd, wanted == DigitalState.HIGH);
        } catch (DeviceError e) {
            throw new Pi4JException(e);
        }
        return super.state(wanted);
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            Libc.close(fd);
        }
    }

    @Override
    public DigitalOutput shutdownInternal(Context context) {
        DigitalOutput closed = super.shutdownInternal(context);
        close();
        return closed;
    }
}
