package dev.adze.agent.sensor.linux;

import com.pi4j.context.Context;
import com.pi4j.exception.Pi4JException;
import com.pi4j.io.pwm.Pwm;
import com.pi4j.io.pwm.PwmBase;
import com.pi4j.io.pwm.PwmConfig;
import com.pi4j.io.pwm.PwmPolarity;
import com.pi4j.io.pwm.PwmProvider;
import com.pi4j.io.pwm.PwmProviderBase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Pi4J's PWM over /sys/class/pwm of any Linux board (Documentation/driver-api/pwm.rst): periods and duty cycles in
 * nanoseconds. Creating one changes nothing at the pin; a channel that nobody had exported is given back when it is closed
 * and off.
 */
final class LinuxPwm extends PwmBase {
    static final String PROVIDER = "linux-pwm";
    private static final long NANOS = 1_000_000_000L;
    private static final int WHOLE_PERCENT = 100;

    static final class Provider extends PwmProviderBase {
        private final Path chips;

        /** @param chips {@code /sys/class/pwm}, or a tree like it */
        Provider(Path chips) {
            super(PROVIDER, "PWM over /sys/class/pwm");
            this.chips = chips;
        }

        @Override
        public Pwm create(PwmConfig config) {
            return new LinuxPwm(this, config, chips.resolve("pwmchip" + config.chip()));
        }
    }

    private final Path chip;
    private final Path channel;
    private final boolean exported;
    private boolean open = true;

    private LinuxPwm(PwmProvider provider, PwmConfig config, Path chip) {
        super(provider, config);
        this.chip = chip;
        channel = chip.resolve("pwm" + config.channel());
        exported = !Files.isDirectory(channel);
        if (exported) {
            write(chip.resolve("export"), config.channel());
        }
        onState = read("enable") != 0;
    }

    private static void write(Path file, Object value) {
        try {
            Files.write(file, value.toString().getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static Pi4JException failed(Path file, IOException e) {
        int errno = e instanceof AccessDeniedException ? DeviceError.EACCES
                : e instanceof java.nio.file.NoSuchFileException ? DeviceError.ENOENT
                : String.valueOf(e.getMessage()).contains("busy") ? DeviceError.EBUSY : DeviceError.EIO;
        return new Pi4JException(new DeviceError(file.toString(), errno));
    }

    private long read(String file) {
        return numbers(file)[0];
    }

    private long[] numbers(String file) {
        Path path = channel.resolve(file);
        try {
            String[] words = Files.readString(path).strip().split("\\s+");
            long[] numbers = new long[words.length];
            for (int i = 0; i < words.length; i++) {
                numbers[i] = Long.parseLong(words[i]);
            }
            return numbers;
        } catch (IOException e) {
            throw failed(path, e);
        } catch (NumberFormatException e) {
            throw failed(path, new IOException("no number", e));
        }
    }

    /** As it is set now, by whomever. */
    long periodNanos() {
        return read("period");
    }

    long dutyNanos() {
        return read("duty_cycle");
    }

    boolean enabled() {
        return read("enable") != 0;
    }

    /** Measures a signal at the pin, for chips that can: its period and the time that it is high, in nanoseconds. */
    long[] capture() {
        long[] both = numbers("capture");
        if (both.length != 2) {
            throw failed(channel.resolve("capture"), new IOException("no two numbers"));
        }
        return both;
    }

    @Override
    public Pwm on() {
        int hertz = frequency > 0 ? frequency : config.frequency() == null ? 0 : config.frequency();
        Integer percent = dutyCycle == null ? config.dutyCycle() : dutyCycle;
        if (hertz <= 0 || percent == null || percent < 0 || percent > WHOLE_PERCENT) {
            throw new Pi4JException("PWM " + channel + " needs a frequency above 0 Hz and a duty cycle of 0 to 100 %, not "
                    + hertz + " Hz and " + percent + " %");
        }
        long length = NANOS / hertz;
        long high = length * percent / WHOLE_PERCENT;
        String wanted = config.polarity() == PwmPolarity.INVERSED ? "inversed" : "normal";
        if (config.polarity() != null && Files.exists(channel.resolve("polarity")) && !enabled()) {
            write(channel.resolve("polarity"), wanted);
        }
        // At no moment may the high time be longer than the period.
        if (dutyNanos() > length) {
            write(channel.resolve("duty_cycle"), 0);
        }
        write(channel.resolve("period"), length);
        write(channel.resolve("duty_cycle"), high);
        write(channel.resolve("enable"), 1);
        period = length;
        onState = true;
        return this;
    }

    @Override
    public Pwm off() {
        write(channel.resolve("enable"), 0);
        onState = false;
        return this;
    }

    @Override
    public int getActualFrequency() {
        long length = periodNanos();
        return length == 0 ? 0 : (int) (NANOS / length);
    }

    @Override
    public Pwm shutdownInternal(Context context) {
        Pwm closed = super.shutdownInternal(context);
        close();
        return closed;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            try {
                if (exported && !enabled()) {
                    write(chip.resolve("unexport"), config.channel());
                }
            } catch (Pi4JException e) {
                // The chip is gone.
            }
        }
    }
}
