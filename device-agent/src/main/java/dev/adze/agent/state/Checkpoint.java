package dev.adze.agent.state;

import dev.adze.runtime.preprocess.PreprocessorState;
import dev.adze.runtime.session.ErrorsState;
import dev.adze.runtime.session.RecurrentState;
import dev.adze.runtime.session.SessionState;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a model remembers, with whose memory it is and from when.
 *
 * <p>As bytes, little endian: {@code ADZE-STATE/3\n}; SHA-256 of the bundle's file (32 bytes); epoch milliseconds of the
 * newest step, steps seen, steps of the preprocessor (three int64); then arrays, each an int32 length and its
 * elements: features of the window (float), recurrent state (float), last valid values (double), steps since valid
 * (int32), averages (double), samples to be replayed (float); of the anomaly score its step (int64), whether a forecast has come
 * due (int32), the steps at which forecasts were made (int64), the forecasts (float) and smoothed errors (double), all empty without one;
 * last a CRC-32C of all before (int32). Versions 1, which ends before the samples, and 2, which ends behind them, are read too.
 *
 * @param bundle      SHA-256 of the bundle's file: 32 bytes
 * @param epochMillis wall clock of the newest step
 */
public record Checkpoint(byte[] bundle, long epochMillis, SessionState session, float[] samples) {
    private static final byte[] MAGIC = "ADZE-STATE/3\n".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION_AT = "ADZE-STATE/".length();
    private static final int DIGEST_BYTES = 32;

    public Checkpoint {
        bundle = bundle.clone();
        samples = samples.clone();
        if (bundle.length != DIGEST_BYTES) {
            throw new IllegalArgumentException(bundle.length + " bytes are no SHA-256");
        }
    }

    byte[] toBytes() {
        PreprocessorState p = session.preprocessor();
        float[] recurrent = session.recurrent().values();
        ErrorsState e = session.errors();
        int size = MAGIC.length + DIGEST_BYTES + 4 * Long.BYTES + 10 * Integer.BYTES + Long.BYTES * e.madeAt().length
                + Float.BYTES * e.forecasts().length + Double.BYTES * e.smoothed().length
                + Float.BYTES * (session.window().length + recurrent.length + samples.length)
                + Double.BYTES * (p.lastValid().length + p.averages().length) + Integer.BYTES * p.stepsSinceValid().length + Integer.BYTES;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).put(bundle).putLong(epochMillis).putLong(session.stepsSeen()).putLong(p.step());
        put(out, session.window());
        put(out, recurrent);
        put(out, p.lastValid());
        out.putInt(p.stepsSinceValid().length);
        for (int steps : p.stepsSinceValid()) {
            out.putInt(steps);
        }
        put(out, p.averages());
        put(out, samples);
        out.putLong(e.step()).putInt(e.due() ? 1 : 0).putInt(e.madeAt().length);
        for (long step : e.madeAt()) {
            out.putLong(step);
        }
        put(out, e.forecasts());
        put(out, e.smoothed());
        return out.putInt(checksum(out.array(), out.position())).array();
    }

    private static void put(ByteBuffer out, float[] values) {
        out.putInt(values.length);
        for (float value : values) {
            out.putFloat(value);
        }
    }

    private static void put(ByteBuffer out, double[] values) {
        out.putInt(values.length);
        for (double value : values) {
            out.putDouble(value);
        }
    }

    private static int checksum(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** Empty if the bytes are not exactly what {@link #toBytes} makes. */
    static Optional<Checkpoint> of(byte[] bytes) {
        int checked = bytes.length - Integer.BYTES;
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (checked < MAGIC.length || in.getInt(checked) != checksum(bytes, checked)) {
            return Optional.empty();
        }
        in.limit(checked);
        try {
            byte[] magic = new byte[MAGIC.length];
            byte[] bundle = new byte[DIGEST_BYTES];
            in.get(magic).get(bundle);
            int version = magic[VERSION_AT] - '0';
            magic[VERSION_AT] = MAGIC[VERSION_AT];
            if (version < 1 || version > 3 || !Arrays.equals(magic, MAGIC)) {
                return Optional.empty();
            }
            long epochMillis = in.getLong();
            long stepsSeen = in.getLong();
            long step = in.getLong();
            float[] window = floats(in);
            float[] recurrent = floats(in);
            double[] lastValid = doubles(in);
            int[] stepsSinceValid = new int[length(in, Integer.BYTES)];
            for (int i = 0; i < stepsSinceValid.length; i++) {
                stepsSinceValid[i] = in.getInt();
            }
            double[] averages = doubles(in);
            float[] samples = version < 2 ? new float[0] : floats(in);
            ErrorsState errors = version < 3 ? ErrorsState.NONE : errors(in);
            return in.hasRemaining() ? Optional.empty() : Optional.of(new Checkpoint(bundle, epochMillis,
                    new SessionState(stepsSeen, window, new RecurrentState(recurrent),
                            new PreprocessorState(step, lastValid, stepsSinceValid, averages), errors), samples));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static ErrorsState errors(ByteBuffer in) {
        long step = in.getLong();
        boolean due = in.getInt() != 0;
        long[] madeAt = new long[length(in, Long.BYTES)];
        for (int i = 0; i < madeAt.length; i++) {
            madeAt[i] = in.getLong();
        }
        return new ErrorsState(step, due, madeAt, floats(in), doubles(in));
    }

    private static int length(ByteBuffer in, int elementBytes) {
        int length = in.getInt();
        if (length < 0 || (long) length * elementBytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return length;
    }

    private static float[] floats(ByteBuffer in) {
        float[] values = new float[length(in, Float.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.getFloat();
        }
        return values;
    }

    private static double[] doubles(ByteBuffer in) {
        double[] values = new double[length(in, Double.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.getDouble();
        }
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Checkpoint(byte[] b, long t, SessionState s, float[] n) && Arrays.equals(bundle, b)
                && epochMillis == t && session.equals(s) && Arrays.equals(samples, n);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bundle) + 31 * (Long.hashCode(epochMillis) + 31 * session.hashCode());
    }
}
