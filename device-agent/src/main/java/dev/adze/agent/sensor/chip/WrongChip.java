package dev.adze.agent.sensor.chip;

import java.io.IOException;

/** Somebody answers, but not the chip that the profile names. */
final class WrongChip extends IOException {
    private static final long serialVersionUID = 1L;

    WrongChip(String expected, int identity) {
        super("not a " + expected + ": the chip calls itself 0x" + Integer.toHexString(identity));
    }
}
