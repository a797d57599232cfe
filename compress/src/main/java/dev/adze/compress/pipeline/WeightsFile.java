package dev.adze.compress.pipeline;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** fp32 weights of a network in the safetensors format (u64 header length, JSON header, raw little-endian data). */
final class WeightsFile {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private WeightsFile() {}

    static void write(Path file, Weights weights) {
        var header = new LinkedHashMap<String, Object>();
        long offset = 0;
        for (TensorSpec spec : weights.network().tensors()) {
            long end = offset + spec.elementCount() * Float.BYTES;
            var entry = new LinkedHashMap<String, Object>();
            entry.put("dtype", "F32");
            entry.put("shape", spec.shape());
            entry.put("data_offsets", new long[] {offset, end});
            header.put(spec.name(), entry);
            offset = end;
        }
        StringBuilder json = new StringBuilder(JSON.writeValueAsString(header));
        while ((json.length() + 8) % 8 != 0) {
            json.append(' ');
        }
        byte[] head = json.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(8 + head.length + offset)).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(head.length).put(head);
        for (float[] values : weights.tensors().values()) {
            buffer.asFloatBuffer().put(values);
            buffer.position(buffer.position() + values.length * Float.BYTES);
        }
        RunFolder.write(file, buffer.array());
    }

    static Weights read(Path file, RecurrentNetwork network) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            byte[] head = new byte[Math.toIntExact(buffer.getLong())];
            buffer.get(head);
            int start = buffer.position();
            JsonNode header = JSON.readTree(head);
            var tensors = new LinkedHashMap<String, float[]>();
            for (TensorSpec spec : network.tensors()) {
                JsonNode offsets = header.path(spec.name()).path("data_offsets");
                float[] values = new float[(int) ((offsets.path(1).asLong() - offsets.path(0).asLong()) / Float.BYTES)];
                buffer.position(Math.toIntExact(start + offsets.path(0).asLong())).slice()
                        .order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
                tensors.put(spec.name(), values);
            }
            return new Weights(network, tensors);
        } catch (IOException | RuntimeException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "weights " + file
                    + " are damaged: delete the folder they lie in to compute them again", e);
        }
    }
}
