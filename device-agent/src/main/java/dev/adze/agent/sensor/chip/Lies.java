package dev.adze.agent.sensor.chip;

import dev.adze.agent.sensor.ReadingBuffer;

/** Answers that are none. */
final class Lies {
    /** What one reads from a bus that nobody drives: the pull-ups. */
    static final String ALL_ONES = "all bits are 1: nobody drives the bus";
    static final String ALL_ZEROS = "all bits are 0: nobody drives the bus";
    static final String CHECKSUM = "the checksum is wrong";

    private Lies() {}

    static void allOnes(ReadingBuffer out, int from, int count) {
        for (int i = from; i < from + count; i++) {
            out.invalid(i, ALL_ONES);
        }
    }

    static boolean all(byte[] bytes, int value) {
        for (byte b : bytes) {
            if (b != (byte) value) {
                return false;
            }
        }
        return true;
    }
}
