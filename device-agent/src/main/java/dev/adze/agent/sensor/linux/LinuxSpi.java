package dev.adze.agent.sensor.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.pi4j.exception.Pi4JException;
import com.pi4j.io.spi.Spi;
import com.pi4j.io.spi.SpiBase;
import com.pi4j.io.spi.SpiConfig;
import com.pi4j.io.spi.SpiProvider;
import com.pi4j.io.spi.SpiProviderBase;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Pi4J's SPI over /dev/spidevB.C of any Linux board; struct and requests of linux/spi/spidev.h. Eight bits a word. */
final class LinuxSpi extends SpiBase {
    static final String PROVIDER = "linux-spi";
    private static final long WRITE_MODE = 0x40016B01L;
    private static final long MESSAGE_1 = 0x40206B00L;

    static final class Provider extends SpiProviderBase {
        Provider() {
            super(PROVIDER, "SPI over /dev/spidevB.C");
        }

        @Override
        public Spi create(SpiConfig config) {
            LinuxSpi device = new LinuxSpi(this, config);
            device.open();
            return device;
        }
    }

    private int fd = -1;

    private LinuxSpi(SpiProvider provider, SpiConfig config) {
        super(provider, config);
    }

    @Override
    public void open() {
        if (fd >= 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            fd = Libc.open("/dev/spidev" + config.bus().getBus() + "." + config.channel());
            MemorySegment mode = arena.allocate(JAVA_BYTE);
            mode.set(JAVA_BYTE, 0, (byte) config.mode().getMode());
            Libc.ioctl(fd, WRITE_MODE, mode);
        } catch (DeviceError e) {
            close();
            throw new Pi4JException(e);
        }
        super.open();
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Libc.close(fd);
            fd = -1;
        }
        super.close();
    }

    @Override
    public int transfer(byte[] write, int writeOffset, byte[] read, int readOffset, int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(Math.max(1, length));
            MemorySegment in = arena.allocate(Math.max(1, length));
            MemorySegment.copy(write, writeOffset, out, JAVA_BYTE, 0, length);
            MemorySegment message = arena.allocate(32, 8);
            message.set(JAVA_LONG, 0, out.address());
            message.set(JAVA_LONG, 8, in.address());
            message.set(JAVA_INT, 16, length);
            message.set(JAVA_INT, 20, config.baud());
            message.set(JAVA_BYTE, 26, (byte) 8);
            Libc.ioctl(fd, MESSAGE_1, message);
            MemorySegment.copy(in, JAVA_BYTE, 0, read, readOffset, length);
            return length;
        } catch (DeviceError e) {
            throw new Pi4JException(e);
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        transfer(new byte[1], 0, one, 0, 1);
        return one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        return transfer(new byte[length], 0, buffer, offset, length);
    }

    @Override
    public int write(byte b) {
        return transfer(new byte[] {b}, 0, new byte[1], 0, 1);
    }

    @Override
    public int write(byte[] data, int offset, int length) {
        return transfer(Arrays.copyOfRange(data, offset, offset + length), 0, new byte[length], 0, length);
    }
}
