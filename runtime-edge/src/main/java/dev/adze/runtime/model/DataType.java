package dev.adze.runtime.model;

/** Element type of a stored {@link Tensor}; the names are those of the safetensors format. */
public enum DataType {
    /** IEEE-754 single precision. */
    F32(4),
    /** IEEE-754 half precision. */
    F16(2),
    /** Signed 8-bit integer. */
    I8(1),
    /** Unsigned 8-bit integer: two packed 4-bit integers ({@link Int4}). */
    U8(1);

    private final int bytes;

    DataType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
