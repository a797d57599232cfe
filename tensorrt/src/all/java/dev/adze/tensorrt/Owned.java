package dev.adze.tensorrt;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import org.bytedeco.javacpp.Pointer;

/**
 * Objects that TensorRT gave away. C++ code deletes them; the bindings have no method for that from TensorRT 10 on, so the
 * deleting destructor is called through the object's table of virtual functions. All these classes derive from INoCopy,
 * whose only virtual function is the destructor, which by the Itanium C++ ABI (2.5.2) takes the table's first two places:
 * the second deletes.
 */
final class Owned implements AutoCloseable {
    private static final long DELETING_DESTRUCTOR = 1;

    private final ArrayDeque<Long> objects = new ArrayDeque<>();

    <T extends Pointer> T add(T object) {
        objects.push(object.address());
        return object;
    }

    /** Deletes in the opposite order. */
    @Override
    public void close() {
        while (!objects.isEmpty()) {
            delete(MemorySegment.ofAddress(objects.pop()));
        }
    }

    private static void delete(MemorySegment object) {
        MemorySegment table = object.reinterpret(ValueLayout.ADDRESS.byteSize()).get(ValueLayout.ADDRESS, 0)
                .reinterpret((DELETING_DESTRUCTOR + 1) * ValueLayout.ADDRESS.byteSize());
        try {
            Linker.nativeLinker().downcallHandle(table.getAtIndex(ValueLayout.ADDRESS, DELETING_DESTRUCTOR),
                    FunctionDescriptor.ofVoid(ValueLayout.ADDRESS)).invokeExact(object);
        } catch (Throwable t) {
            throw new IllegalStateException(t); // the destructors throw nothing
        }
    }
}
