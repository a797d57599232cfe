package dev.adze.agent.sensor.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import com.pi4j.exception.Pi4JException;
import com.pi4j.io.i2c.I2C;
import com.pi4j.io.i2c.I2CBase;
import com.pi4j.io.i2c.I2CBusBase;
import com.pi4j.io.i2c.I2CConfig;
import com.pi4j.io.i2c.I2CProvider;
import com.pi4j.io.i2c.I2CProviderBase;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Callable;

/**
 * Pi4J's I2C over /dev/i2c-N of any Linux board: plain transfers (I2C_RDWR, with a repeated start between writing and
 * reading) where the adapter has them, else SMBus ones. Nothing is asked about the board. Struct layouts and request
 * numbers are those of linux/i2c.h and linux/i2c-dev.h, the same on all 64-bit processors.
 */
final class LinuxI2c extends I2CBase<LinuxI2c.Bus> {
    static final String PROVIDER = "linux-i2c";
    private static final long I2C_SLAVE = 0x0703;
    private static final long I2C_FUNCS = 0x0705;
    private static final long I2C_RDWR = 0x0707;
    private static final long I2C_SMBUS = 0x0720;
    private static final long FUNC_I2C = 1;
    private static final short M_RD = 1;
    /** SMBus transaction kinds: a byte without register, a register of one byte, an I2C block. */
    private static final int SMBUS_BYTE = 1;
    private static final int SMBUS_BYTE_DATA = 2;
    private static final int SMBUS_I2C_BLOCK = 8;
    private static final int MOST_BLOCK = 32;

    /** The kernel takes turns among the users of an adapter; Pi4J's lock only guards this one device. */
    static final class Bus extends I2CBusBase {
        Bus(I2CConfig config) {
            super(config);
        }

        @Override
        public <R> R execute(I2C i2c, Callable<R> action) {
            return _execute(i2c, action);
        }
    }

    static final class Provider extends I2CProviderBase implements I2CProvider {
        Provider() {
            super(PROVIDER, "I2C over /dev/i2c-N");
        }

        @Override
        public I2C create(I2CConfig config) {
            return new LinuxI2c(this, config);
        }
    }

    private final int fd;
    private final boolean plain;

    private LinuxI2c(I2CProvider provider, I2CConfig config) {
        super(provider, config, new Bus(config));
        int opened = -1;
        try (Arena arena = Arena.ofConfined()) {
            opened = Libc.open("/dev/i2c-" + config.bus());
            // Refuses an address that a kernel driver holds (EBUSY); I2C_RDWR alone would reach behind its back.
            Libc.ioctl(opened, I2C_SLAVE, config.device());
            MemorySegment functions = arena.allocate(JAVA_LONG);
            Libc.ioctl(opened, I2C_FUNCS, functions);
            plain = (functions.get(JAVA_LONG, 0) & FUNC_I2C) != 0;
            fd = opened;
        } catch (DeviceError e) {
            if (opened >= 0) {
                Libc.close(opened);
            }
            throw new Pi4JException(e);
        }
    }

    @Override
    public void close() {
        if (isOpen()) {
            super.close();
            Libc.close(fd);
        }
    }

    /** Writes {@code out}, then, without letting go of the bus, reads {@code in} bytes. */
    private byte[] transfer(byte[] out, int in) {
        return execute(() -> {
            try (Arena arena = Arena.ofConfined()) {
                return plain ? plainTransfer(arena, out, in) : smbusTransfer(arena, out, in);
            }
        });
    }

    private byte[] plainTransfer(Arena arena, byte[] out, int in) throws DeviceError {
        MemorySegment messages = arena.allocate(32, 8);
        MemorySegment outBytes = arena.allocate(Math.max(out.length, 1));
        MemorySegment inBytes = arena.allocate(Math.max(in, 1));
        MemorySegment.copy(out, 0, outBytes, JAVA_BYTE, 0, out.length);
        int count = 0;
        if (out.length > 0) {
            message(messages.asSlice(16L * count++, 16), (short) 0, out.length, outBytes);
        }
        if (in > 0) {
            message(messages.asSlice(16L * count++, 16), M_RD, in, inBytes);
        }
        MemorySegment request = arena.allocate(16, 8);
        request.set(ADDRESS, 0, messages);
        request.set(JAVA_INT, 8, count);
        Libc.ioctl(fd, I2C_RDWR, request);
        return inBytes.asSlice(0, in).toArray(JAVA_BYTE);
    }

    private void message(MemorySegment m, short flags, int length, MemorySegment bytes) {
        m.set(JAVA_SHORT, 0, (short) device());
        m.set(JAVA_SHORT, 2, flags);
        m.set(JAVA_SHORT, 4, (short) length);
        m.set(ADDRESS, 8, bytes);
    }

    private byte[] smbusTransfer(Arena arena, byte[] out, int in) throws DeviceError {
        boolean reads = in > 0;
        boolean possible = reads ? out.length <= 1 && in <= MOST_BLOCK && (out.length == 1 || in == 1)
                : out.length >= 1 && out.length <= MOST_BLOCK + 1;
        if (!possible) {
            throw new Pi4JException("the adapter of I2C bus " + bus() + " knows SMBus transfers only: "
                    + out.length + " bytes out, " + in + " in is none");
        }
        int length = reads ? in : out.length - 1;
        int kind = reads && out.length == 0 || length == 0 ? SMBUS_BYTE : length == 1 ? SMBUS_BYTE_DATA : SMBUS_I2C_BLOCK;
        MemorySegment data = arena.allocate(MOST_BLOCK + 2);
        int at = kind == SMBUS_I2C_BLOCK ? 1 : 0;
        if (kind == SMBUS_I2C_BLOCK) {
            data.set(JAVA_BYTE, 0, (byte) length);
        }
        if (!reads) {
            MemorySegment.copy(out, 1, data, JAVA_BYTE, at, length);
        }
        MemorySegment request = arena.allocate(16, 8);
        request.set(JAVA_BYTE, 0, (byte) (reads ? M_RD : 0));
        request.set(JAVA_BYTE, 1, out.length == 0 ? 0 : out[0]);
        request.set(JAVA_INT, 4, kind);
        request.set(ADDRESS, 8, data);
        Libc.ioctl(fd, I2C_SMBUS, request);
        return data.asSlice(at, in).toArray(JAVA_BYTE);
    }

    private static byte[] join(byte[] a, byte[] b, int offset, int length) {
        byte[] all = new byte[a.length + length];
        System.arraycopy(a, 0, all, 0, a.length);
        System.arraycopy(b, offset, all, a.length, length);
        return all;
    }

    private int into(byte[] register, byte[] buffer, int offset, int length) {
        System.arraycopy(transfer(register, length), 0, buffer, offset, length);
        return length;
    }

    @Override
    public int read() {
        return transfer(new byte[0], 1)[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        return into(new byte[0], buffer, offset, length);
    }

    @Override
    public int write(byte b) {
        transfer(new byte[] {b}, 0);
        return 1;
    }

    @Override
    public int write(byte[] data, int offset, int length) {
        transfer(join(new byte[0], data, offset, length), 0);
        return length;
    }

    @Override
    public int readRegister(int register) {
        return transfer(new byte[] {(byte) register}, 1)[0] & 0xff;
    }

    @Override
    public int readRegister(int register, byte[] buffer, int offset, int length) {
        return into(new byte[] {(byte) register}, buffer, offset, length);
    }

    @Override
    public int readRegister(byte[] register, byte[] buffer, int offset, int length) {
        return into(register, buffer, offset, length);
    }

    @Override
    public int writeRegister(int register, byte b) {
        transfer(new byte[] {(byte) register, b}, 0);
        return 1;
    }

    @Override
    public int writeRegister(int register, byte[] data, int offset, int length) {
        transfer(join(new byte[] {(byte) register}, data, offset, length), 0);
        return length;
    }

    @Override
    public int writeRegister(byte[] register, byte[] data, int offset, int length) {
        transfer(join(register, data, offset, length), 0);
        return length;
    }
}
