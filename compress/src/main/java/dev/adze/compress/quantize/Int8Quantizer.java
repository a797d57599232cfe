package dev.adze.compress.quantize;

/**
 * Symmetric post-training quantization per output channel (Jacob et al. 2018, section 2.1, with zero point 0): the
 * largest weight of a row becomes 127. -128 is never used, so that products fit the device's integer kernels.
 */
public final class Int8Quantizer {
    public static final int MAX = 127;

    private Int8Quantizer() {}

    /** @param weights {@code [rows, columns]} row-major, finite; error a weight is at most half its row's scale */
    public static QuantizedTensor perRow(float[] weights, int rows) {
        int columns = weights.length / rows;
        var values = new byte[weights.length];
        var scales = new float[rows];
        for (int row = 0; row < rows; row++) {
            float largest = 0;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                largest = Math.max(largest, Math.abs(weights[i]));
            }
            float scale = largest / MAX;
            scales[row] = scale;
            for (int i = row * columns; i < (row + 1) * columns && scale > 0; i++) {
                values[i] = (byte) Math.clamp(Math.round((double) weights[i] / scale), -MAX, MAX);
            }
        }
        return new QuantizedTensor(values, scales);
    }

    /** The same with given scales, all above 0; weights too large for them are clipped. */
    static QuantizedTensor withScales(float[] weights, float[] scales) {
        int columns = weights.length / scales.length;
        var values = new byte[weights.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) Math.clamp(Math.rint(weights[i] / scales[i / columns]), -MAX, MAX);
        }
        return new QuantizedTensor(values, scales);
    }
}
