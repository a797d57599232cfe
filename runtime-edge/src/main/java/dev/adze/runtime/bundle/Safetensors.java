package dev.adze.runtime.bundle;

import static dev.adze.runtime.bundle.FormatException.quote;
import static dev.adze.runtime.bundle.FormatException.require;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.DataType;
import dev.adze.runtime.model.Tensor;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The safetensors format: an unsigned 64-bit little-endian header length, a JSON header that names every tensor with
 * type, shape and place, then the tensors' bytes one after the other without gaps.
 *
 * <p>Reads F32, F16, I8 and U8 and refuses everything that is not exactly in order: gaps, overlaps, duplicate names, a
 * place that does not fit type and shape, bytes left over. Written files pad the header with spaces so that the data
 * begins at a multiple of 64.
 *
 * @param tensors  by name, in file order
 * @param metadata the header's {@code __metadata__}; empty if there is none
 */
public record Safetensors(SequencedMap<String, Tensor> tensors, SequencedMap<String, String> metadata) {
    private static final ValueLayout.OfLong LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LENGTH_BYTES = 8;
    private static final int MAX_HEADER = 1 << 20;
    private static final int MAX_RANK = 8;
    private static final int ALIGNMENT = 64;
    private static final String METADATA = "__metadata__";

    public Safetensors {
        tensors = new LinkedHashMap<>(tensors);
        metadata = new LinkedHashMap<>(metadata);
    }

    public Safetensors(SequencedMap<String, Tensor> tensors) {
        this(tensors, new LinkedHashMap<>());
    }

    /**
     * Maps a file; the tensors lie in it as long as {@code arena} is open.
     *
     * @throws AdzeException NOT_FOUND, or BAD_BUNDLE if the file is damaged or holds other tensor types
     */
    public static Safetensors read(Path file, Arena arena) {
        MemorySegment mapped = MappedFile.map(file, arena);
        try {
            return parse(mapped, "the file");
        } catch (FormatException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE,
                    file.getFileName() + ": " + e.getMessage() + "; write or copy the file again");
        }
    }

    /**
     * Reads a file's bytes; the tensors lie in them.
     *
     * @throws AdzeException BAD_BUNDLE if they are damaged or hold other tensor types
     */
    public static Safetensors read(byte[] file) {
        try {
            return parse(MemorySegment.ofArray(file), "the file");
        } catch (FormatException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, e.getMessage() + "; write or copy the file again");
        }
    }

    /** The bytes of a file, for content below 2 GiB. */
    public byte[] toByteArray() {
        var bytes = new ByteArrayOutputStream();
        parts().forEach(part -> bytes.writeBytes(part.toArray(ValueLayout.JAVA_BYTE)));
        return bytes.toByteArray();
    }

    /** Writes a file, whole or not at all. @throws AdzeException CANNOT_WRITE */
    public void write(Path file) {
        AtomicFile.write(file, channel -> {
            for (MemorySegment part : parts()) {
                AtomicFile.writeFully(channel, part);
            }
        });
    }

    /** @throws FormatException if anything is not in order */
    static Safetensors parse(MemorySegment file, String what) {
        require(file.byteSize() >= LENGTH_BYTES, what + " is too short for a safetensors header");
        long headerLength = file.get(LENGTH, 0);
        require(headerLength >= 2 && headerLength <= MAX_HEADER && headerLength <= file.byteSize() - LENGTH_BYTES,
                what + " has a safetensors header of " + Long.toUnsignedString(headerLength)
                        + " bytes; 2 to " + MAX_HEADER + ", and no more than the file holds, are allowed");
        byte[] header = file.asSlice(LENGTH_BYTES, headerLength).toArray(ValueLayout.JAVA_BYTE);
        require(header[0] == '{', what + " has a header that is no JSON object");
        JsonObject root = new JsonObject(Json.parse(header, "the header of " + what), "header");
        MemorySegment data = file.asSlice(LENGTH_BYTES + headerLength);

        var metadata = new LinkedHashMap<String, String>();
        var places = new ArrayList<Place>();
        for (String name : root.names()) {
            if (name.equals(METADATA)) {
                JsonObject entries = root.object(name);
                entries.names().forEach(key -> metadata.put(key, entries.string(key)));
            } else {
                places.add(place(name, root.object(name), data.byteSize()));
            }
        }
        places.sort(java.util.Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
        var tensors = new LinkedHashMap<String, Tensor>();
        long end = 0;
        for (Place place : places) {
            require(place.begin() == end, "tensor " + quote(place.name()) + " begins at " + place.begin() + ", not at "
                    + end + " where the one before ends");
            end = place.end();
            tensors.put(place.name(), new Tensor(place.type(), place.shape(), data.asSlice(place.begin(), end - place.begin())));
        }
        require(end == data.byteSize(), what + " holds " + (data.byteSize() - end) + " bytes that belong to no tensor");
        return new Safetensors(tensors, metadata);
    }

    private record Place(String name, DataType type, List<Integer> shape, long begin, long end) {}

    private static Place place(String name, JsonObject node, long dataSize) {
        String typeName = node.string("dtype");
        DataType type = switch (typeName) {
            case "F32" -> DataType.F32;
            case "F16" -> DataType.F16;
            case "I8" -> DataType.I8;
            case "U8" -> DataType.U8;
            default -> throw new FormatException("tensor " + quote(name) + " has the type " + quote(typeName)
                    + "; only F32, F16, I8 and U8 are read");
        };
        List<Integer> shape = node.integers("shape", 0, Integer.MAX_VALUE).stream().map(Long::intValue).toList();
        List<Long> offsets = node.integers("data_offsets", 0, dataSize);
        node.end();
        require(offsets.size() == 2 && offsets.get(0) <= offsets.get(1),
                "tensor " + quote(name) + " has data_offsets that are no range");
        require(shape.size() <= MAX_RANK, "tensor " + quote(name) + " has " + shape.size() + " dimensions; at most " + MAX_RANK);
        require(byteSize(shape, type, dataSize) == offsets.get(1) - offsets.get(0),
                "tensor " + quote(name) + " does not fill its data_offsets");
        return new Place(name, type, shape, offsets.get(0), offsets.get(1));
    }

    /** Bytes of a tensor, or -1 if they are more than {@code limit}. */
    private static long byteSize(List<Integer> shape, DataType type, long limit) {
        if (shape.contains(0)) {
            return 0;
        }
        long size = type.bytes();
        for (int dimension : shape) {
            if (size > limit / dimension) {
                return -1;
            }
            size *= dimension;
        }
        return size;
    }

    /** The file's bytes in order: header, then every tensor. */
    List<MemorySegment> parts() {
        ObjectNode root = Json.MAPPER.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = root.putObject(METADATA);
            metadata.forEach(node::put);
        }
        long offset = 0;
        for (var entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            ObjectNode node = root.putObject(entry.getKey()).put("dtype", tensor.type().name());
            ArrayNode shape = node.putArray("shape");
            tensor.shape().forEach(shape::add);
            node.putArray("data_offsets").add(offset).add(offset + tensor.data().byteSize());
            offset += tensor.data().byteSize();
        }
        byte[] json = Json.MAPPER.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
        int padded = (LENGTH_BYTES + json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - LENGTH_BYTES;
        ByteBuffer header = ByteBuffer.allocate(LENGTH_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(padded).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        var parts = new ArrayList<MemorySegment>();
        parts.add(MemorySegment.ofArray(header.array()));
        tensors.values().forEach(tensor -> parts.add(tensor.data()));
        return parts;
    }
}
