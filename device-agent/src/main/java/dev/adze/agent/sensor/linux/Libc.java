package dev.adze.agent.sensor.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The few C library calls that Linux device files need, on any processor; every failure is a {@link DeviceError}. */
final class Libc {
    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int SOCK_RAW = 3;
    private static final short POLLIN = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_VALUE =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
    // On AArch64 and x86-64 variadic arguments of these kinds go where fixed ones do, but the ABI wants to be told.
    private static final MethodHandle OPEN = bind("open", 2, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CLOSE = bind("close", -1, JAVA_INT, JAVA_INT);
    private static final MethodHandle IOCTL = bind("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle IOCTL_VALUE = bind("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle READ = bind("read", -1, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = bind("write", -1, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle TCGETATTR = bind("tcgetattr", -1, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle TCSETATTR = bind("tcsetattr", -1, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle CFSETSPEED = bind("cfsetspeed", -1, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SOCKET = bind("socket", -1, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = bind("bind", -1, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT = bind("setsockopt", -1, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle IF_NAMETOINDEX = bind("if_nametoindex", -1, JAVA_INT, ADDRESS);
    private static final MethodHandle POLL = bind("poll", -1, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    private Libc() {}

    private static MethodHandle bind(String name, int firstVariadic, MemoryLayout result, MemoryLayout... args) {
        var options = firstVariadic < 0 ? new Linker.Option[] {ERRNO}
                : new Linker.Option[] {ERRNO, Linker.Option.firstVariadicArg(firstVariadic)};
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, args), options);
    }

    private interface Call {
        long run(MemorySegment state) throws Throwable;
    }

    private static long call(String what, Call call) throws DeviceError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            long result = call.run(state);
            if (result < 0) {
                throw new DeviceError(what, (int) ERRNO_VALUE.get(state, 0L));
            }
            return result;
        } catch (DeviceError | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes every kind of call once, on a file that is no device. */
    static AutoCloseable rehearse() throws DeviceError {
        int fd = open("/dev/null");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nothing = arena.allocate(8);
            readable(fd, 0);
            read(fd, nothing);
            ioctl(fd, 0, 0L);
            return () -> {};
        } catch (DeviceError e) {
            // No such request: what was to be tried.
            return () -> {};
        } finally {
            close(fd);
        }
    }

    /** Opens for reading and writing. */
    static int open(String path) throws DeviceError {
        return open(path, 0);
    }

    /** Opens for reading only; reads never wait. */
    static int openReadOnly(String path) throws DeviceError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return (int) call("open " + path, s -> (int) OPEN.invokeExact(s, name, O_NONBLOCK | O_CLOEXEC));
        }
    }

    /** Opens a terminal without waiting for its carrier. */
    static int openTerminal(String path) throws DeviceError {
        return open(path, O_NONBLOCK);
    }

    private static int open(String path, int flags) throws DeviceError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return (int) call("open " + path, s -> (int) OPEN.invokeExact(s, name, O_RDWR | O_NOCTTY | O_CLOEXEC | flags));
        }
    }

    static void close(int fd) {
        try {
            call("close", s -> (int) CLOSE.invokeExact(s, fd));
        } catch (DeviceError e) {
            // Whatever it says, Linux has released the descriptor.
        }
    }

    static int ioctl(int fd, long request, MemorySegment arg) throws DeviceError {
        return (int) call("ioctl", s -> (int) IOCTL.invokeExact(s, fd, request, arg));
    }

    static int ioctl(int fd, long request, long value) throws DeviceError {
        return (int) call("ioctl", s -> (int) IOCTL_VALUE.invokeExact(s, fd, request, value));
    }

    /** Bytes read, 0 at the end of the file. */
    static int read(int fd, MemorySegment into) throws DeviceError {
        return (int) call("read", s -> (long) READ.invokeExact(s, fd, into, into.byteSize()));
    }

    static int write(int fd, MemorySegment from) throws DeviceError {
        return (int) call("write", s -> (long) WRITE.invokeExact(s, fd, from, from.byteSize()));
    }

    /** A raw socket whose reads wait. */
    static int rawSocket(int family, int protocol) throws DeviceError {
        return (int) call("socket", s -> (int) SOCKET.invokeExact(s, family, SOCK_RAW | O_CLOEXEC, protocol));
    }

    static void bindSocket(int fd, MemorySegment address) throws DeviceError {
        call("bind", s -> (int) BIND.invokeExact(s, fd, address, (int) address.byteSize()));
    }

    static void setSocketOption(int fd, int level, int option, MemorySegment value) throws DeviceError {
        call("setsockopt", s -> (int) SETSOCKOPT.invokeExact(s, fd, level, option, value, (int) value.byteSize()));
    }

    /** Number of a network interface by its name. */
    static int interfaceIndex(String name) throws DeviceError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            // Returns 0 where other calls return -1.
            return (int) call("if_nametoindex " + name, s -> (int) IF_NAMETOINDEX.invokeExact(s, text) - 1) + 1;
        }
    }

    static void terminalAttributes(int fd, MemorySegment termios) throws DeviceError {
        call("tcgetattr", s -> (int) TCGETATTR.invokeExact(s, fd, termios));
    }

    /** At once. */
    static void setTerminalAttributes(int fd, MemorySegment termios) throws DeviceError {
        call("tcsetattr", s -> (int) TCSETATTR.invokeExact(s, fd, 0, termios));
    }

    static void setSpeed(MemorySegment termios, int code) throws DeviceError {
        call("cfsetspeed", s -> (int) CFSETSPEED.invokeExact(s, termios, code));
    }

    /** Whether there is something to read (or to be told of) before the time is over. */
    static boolean readable(int fd, int millis) throws DeviceError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment p = arena.allocate(8, 4);
            p.set(JAVA_INT, 0, fd);
            p.set(JAVA_SHORT, 4, POLLIN);
            return call("poll", s -> (int) POLL.invokeExact(s, p, 1L, millis)) > 0;
        }
    }
}
