package dev.adze.agent.sensor.linux;

import java.io.IOException;

/** A system call on a device file that failed, with its errno; {@link #reason} says in words what that means here. */
public final class DeviceError extends IOException {
    private static final long serialVersionUID = 1L;

    static final int ENOENT = 2;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int ENODEV = 19;
    static final int ENOTTY = 25;
    static final int EAFNOSUPPORT = 97;
    static final int ENETDOWN = 100;
    static final int ETIMEDOUT = 110;
    static final int EREMOTEIO = 121;

    private final int errno;

    DeviceError(String call, int errno) {
        super(call + ": errno " + errno);
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }

    /** A constant, fit for a reading's reason. */
    public String reason() {
        return switch (errno) {
            case ENOENT -> "the device file is not there";
            case ENXIO, EREMOTEIO -> "nobody answers at this address";
            case EACCES -> "no permission to use the device file";
            case EBUSY -> "in use by a kernel driver or another program";
            case ENODEV -> "the device is gone";
            case ENOTTY -> "the file is no device of this kind";
            case EAFNOSUPPORT -> "the kernel has no such bus";
            case ENETDOWN -> "the network interface is down";
            case ETIMEDOUT -> "the bus timed out";
            case EIO -> "the bus gives an error";
            default -> "the kernel refuses the access";
        };
    }

    /** The failed system call behind an exception that went through Pi4J; null if there is none. */
    public static DeviceError of(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof DeviceError error) {
                return error;
            }
        }
        return null;
    }
}
