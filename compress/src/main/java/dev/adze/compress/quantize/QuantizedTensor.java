package dev.adze.compress.quantize;

/**
 * A matrix {@code [rows, columns]} as signed 8-bit integers: {@code value = values[row][column] * scales[row]}.
 *
 * @param values row-major, -127 to 127
 * @param scales one a row, 0 only for a row of zeros
 */
public record QuantizedTensor(byte[] values, float[] scales) implements IntegerMatrix {}
