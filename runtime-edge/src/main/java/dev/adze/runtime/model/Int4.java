package dev.adze.runtime.model;

/**
 * Matrices of 4-bit integers. A weight is {@code q * multiplier * scale}: q from -7 to 7, a multiplier from 0 to 127 for
 * every {@value #GROUP} neighbours of a row, a float scale for the row. As the multipliers are integers, so is a row's
 * product with digits, and exact (two-level scales after Dai et al. 2021, VS-Quant).
 */
public final class Int4 {
    /** Columns that share a multiplier. */
    public static final int GROUP = 32;
    /** Magnitude of q at most. */
    public static final int MAX = 7;
    public static final int MAX_MULTIPLIER = 127;
    /** So that a row's product with digits stays below 2^31: 16384 * 7 * 127 * 127. */
    public static final int MAX_COLUMNS = 16_384;
    /** q is stored with this added. */
    private static final int BIAS = 8;

    private Int4() {}

    /** Bytes a row takes. */
    public static int rowBytes(int columns) {
        return (columns + 1) / 2;
    }

    /** Multipliers a row has. */
    public static int groups(int columns) {
        return (columns + GROUP - 1) / GROUP;
    }

    /** Rows of q, row-major, two a byte, the even column in the low half; a last column's empty half stands for 0. */
    public static byte[] pack(byte[] q, int rows, int columns) {
        int rowBytes = rowBytes(columns);
        byte[] packed = new byte[Math.multiplyExact(rows, rowBytes)];
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < 2 * rowBytes; k++) {
                int half = BIAS + (k < columns ? q[row * columns + k] : 0);
                packed[row * rowBytes + k / 2] |= (byte) (half << 4 * (k % 2));
            }
        }
        return packed;
    }

    /** What {@link #pack} packed. */
    public static byte[] unpack(byte[] packed, int rows, int columns) {
        int rowBytes = rowBytes(columns);
        byte[] q = new byte[Math.multiplyExact(rows, columns)];
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < columns; k++) {
                q[row * columns + k] = (byte) ((packed[row * rowBytes + k / 2] >> 4 * (k % 2) & 15) - BIAS);
            }
        }
        return q;
    }

    /** Every weight's {@code q * multiplier}, row-major. */
    public static short[] products(Tensor packed, Tensor multipliers, int columns) {
        int rows = packed.shape().getFirst();
        byte[] q = unpack(packed.toBytes(), rows, columns);
        byte[] multiplier = multipliers.toBytes();
        int groups = groups(columns);
        short[] products = new short[q.length];
        for (int i = 0; i < q.length; i++) {
            products[i] = (short) (q[i] * multiplier[i / columns * groups + i % columns / GROUP]);
        }
        return products;
    }

    /** Index of the first byte that holds a half other than -7 to 7, or an empty one other than 0; or -1. */
    static int firstUnsound(byte[] packed, int columns) {
        int rowBytes = rowBytes(columns);
        for (int i = 0; i < packed.length; i++) {
            int low = packed[i] & 15;
            int high = packed[i] >> 4 & 15;
            boolean empty = columns % 2 == 1 && i % rowBytes == rowBytes - 1;
            if (low == 0 || high == 0 || empty && high != BIAS) {
                return i;
            }
        }
        return -1;
    }
}
