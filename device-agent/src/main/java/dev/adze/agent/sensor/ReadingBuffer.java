package dev.adze.agent.sensor;

import java.util.Arrays;

/**
 * The readings of several channels at one instant, as flat arrays so that sampling allocates nothing. A channel's
 * value is NaN unless it is ok; reasons are constants. Not thread-safe.
 */
public final class ReadingBuffer {
    private static final byte MISSING = 0;
    private static final byte OK = 1;
    private static final byte INVALID = 2;

    private final double[] values;
    private final byte[] states;
    private final String[] reasons;

    public ReadingBuffer(int channels) {
        values = new double[channels];
        states = new byte[channels];
        reasons = new String[channels];
        missAll("not read yet");
    }

    public int size() {
        return values.length;
    }

    public void missAll(String reason) {
        Arrays.fill(values, Double.NaN);
        Arrays.fill(states, MISSING);
        Arrays.fill(reasons, reason);
    }

    public void missing(int channel, String reason) {
        set(channel, Double.NaN, MISSING, reason);
    }

    public void invalid(int channel, String reason) {
        set(channel, Double.NaN, INVALID, reason);
    }

    /** A value that is not finite is recorded as invalid. */
    public void ok(int channel, double value) {
        if (Double.isFinite(value)) {
            set(channel, value, OK, "");
        } else {
            invalid(channel, "not a finite number");
        }
    }

    private void set(int channel, double value, byte state, String reason) {
        values[channel] = value;
        states[channel] = state;
        reasons[channel] = reason;
    }

    /** The value in the channel's unit, or NaN if it is missing or invalid. */
    public double value(int channel) {
        return values[channel];
    }

    public boolean isOk(int channel) {
        return states[channel] == OK;
    }

    public boolean isInvalid(int channel) {
        return states[channel] == INVALID;
    }

    public Reading get(int channel) {
        return switch (states[channel]) {
            case OK -> new Reading.Ok(values[channel]);
            case INVALID -> new Reading.Invalid(reasons[channel]);
            default -> new Reading.Missing(reasons[channel]);
        };
    }

    /** Copies one channel's reading, state and reason included. */
    public void copy(ReadingBuffer from, int fromChannel, int toChannel) {
        set(toChannel, from.values[fromChannel], from.states[fromChannel], from.reasons[fromChannel]);
    }
}
