package dev.adze.compress.export;

/**
 * Order of the gates in stacked LSTM tensors. Ours is PyTorch's i, f, g, o, where g is the cell candidate that ONNX and
 * TensorFlow call c.
 */
enum GateOrder {
    /** ONNX LSTM (onnx/docs/Operators.md): i, o, f, c. */
    IOFC(0, 3, 1, 2),
    /** TensorFlow Lite's basic LSTM (reference_ops::LstmCell): i, c, f, o. */
    ICFO(0, 2, 1, 3);

    /** Where in i, f, g, o each gate of this order is found. */
    private final int[] source;

    GateOrder(int... source) {
        this.source = source;
    }

    /** Reorders the four equal blocks of {@code stacked}, {@code [4*hidden]} or {@code [4*hidden, columns]}. */
    float[] apply(float[] stacked) {
        float[] ordered = new float[stacked.length];
        int block = stacked.length / 4;
        for (int gate = 0; gate < 4; gate++) {
            System.arraycopy(stacked, source[gate] * block, ordered, gate * block, block);
        }
        return ordered;
    }

    byte[] apply(byte[] stacked) {
        byte[] ordered = new byte[stacked.length];
        int block = stacked.length / 4;
        for (int gate = 0; gate < 4; gate++) {
            System.arraycopy(stacked, source[gate] * block, ordered, gate * block, block);
        }
        return ordered;
    }
}
