package dev.adze.runtime.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A stored tensor: row-major, little endian, without gaps. The data may be an array's or a mapped file's; whoever made
 * the segment owns it.
 *
 * @param type  of the elements
 * @param shape sizes of the dimensions, outermost first
 * @param data  exactly {@code product(shape) * type.bytes()} bytes
 */
public record Tensor(DataType type, List<Integer> shape, MemorySegment data) {
    private static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort F16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public Tensor {
        shape = List.copyOf(shape);
        long expected = Math.multiplyExact(elementCount(shape), (long) type.bytes());
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException(
                    "tensor " + type + shape + " needs " + expected + " bytes, not " + data.byteSize());
        }
    }

    /** An F32 tensor over a copy of {@code values}. */
    public static Tensor of(List<Integer> shape, float[] values) {
        MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, Float.BYTES)]);
        MemorySegment.copy(values, 0, data, F32, 0, values.length);
        return new Tensor(DataType.F32, shape, data);
    }

    /** An F16 tensor of {@code values} rounded to nearest, ties to even; magnitudes from 65520 on become infinite. */
    public static Tensor half(List<Integer> shape, float[] values) {
        MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, Short.BYTES)]);
        for (int i = 0; i < values.length; i++) {
            data.set(F16, 2L * i, Float.floatToFloat16(values[i]));
        }
        return new Tensor(DataType.F16, shape, data);
    }

    /** An I8 tensor over a copy of {@code values}. */
    public static Tensor of(List<Integer> shape, byte[] values) {
        return new Tensor(DataType.I8, shape, MemorySegment.ofArray(values.clone()));
    }

    /** An U8 tensor over a copy of {@code values}. */
    public static Tensor unsigned(List<Integer> shape, byte[] values) {
        return new Tensor(DataType.U8, shape, MemorySegment.ofArray(values.clone()));
    }

    public long elementCount() {
        return elementCount(shape);
    }

    private static long elementCount(List<Integer> shape) {
        long count = 1;
        for (int size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("negative size in shape " + shape);
            }
            count = Math.multiplyExact(count, size);
        }
        return count;
    }

    /** Element {@code index} in row-major order as a float; an I8 or U8 element is its integer value, without any scale. */
    public float floatAt(long index) {
        return switch (type) {
            case F32 -> data.get(F32, index * 4);
            case F16 -> Float.float16ToFloat(data.get(F16, index * 2));
            case I8 -> data.get(ValueLayout.JAVA_BYTE, index);
            case U8 -> data.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
        };
    }

    /** All elements as floats, see {@link #floatAt}. */
    public float[] toFloats() {
        if (type == DataType.F32) {
            return data.toArray(F32); // in one go: matters in a young process, where loops are slow
        }
        float[] values = new float[Math.toIntExact(elementCount())];
        for (int i = 0; i < values.length; i++) {
            values[i] = floatAt(i);
        }
        return values;
    }

    /** The elements of an I8 or U8 tensor. */
    public byte[] toBytes() {
        if (type != DataType.I8 && type != DataType.U8) {
            throw new IllegalStateException("toBytes() of a tensor of type " + type);
        }
        return data.toArray(ValueLayout.JAVA_BYTE);
    }
}
