package dev.adze.compress.export;

/**
 * Order of the gates in stacked tensors. Ours of an LSTM is PyTorch's i, f, g, o, where g is the cell candidate that ONNX and
 * TensorFlow call c.
 */
enum GateOrder {
    /** ONNX LSTM (onnx/docs/Operators.md): i, o, f, c. */
    IOFC(0, 3, 1, 2),
    /** TensorFlow Lite's basic LSTM (reference_ops::LstmCell): i, c, f, o. */
    ICFO(0, 2, 1, 3),
    /** Peepholes of ONNX's LSTM: i, o, f; ours i, f, o. */
    PEEPHOLE_IOF(0, 2, 1),
    /** ONNX GRU: z, r, h; ours r, z, n. */
    ZRH(1, 0, 2);

    /** Where in our order each gate of this order is found. */
    private final int[] source;

    GateOrder(int... source) {
        this.source = source;
    }

    int gates() {
        return source.length;
    }

    /** Reorders the equal blocks of {@code stacked}, {@code [gates*hidden]} or {@code [gates*hidden, columns]}. */
    float[] apply(float[] stacked) {
        float[] ordered = new float[stacked.length];
        int block = stacked.length / source.length;
        for (int gate = 0; gate < source.length; gate++) {
            System.arraycopy(stacked, source[gate] * block, ordered, gate * block, block);
        }
        return ordered;
    }

    byte[] apply(byte[] stacked) {
        byte[] ordered = new byte[stacked.length];
        int block = stacked.length / source.length;
        for (int gate = 0; gate < source.length; gate++) {
            System.arraycopy(stacked, source[gate] * block, ordered, gate * block, block);
        }
        return ordered;
    }
}
