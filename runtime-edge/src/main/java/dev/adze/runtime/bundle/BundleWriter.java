package dev.adze.runtime.bundle;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Writes bundles. The same contents give the same bytes. */
public final class BundleWriter {
    private BundleWriter() {}

    /**
     * Writes {@code file} whole or not at all.
     *
     * @throws AdzeException            CANNOT_WRITE
     * @throws IllegalArgumentException if the bundle could not be read back: a value that the format cannot hold
     */
    public static void write(Bundle bundle, Path file) {
        List<List<MemorySegment>> contents = contents(bundle);
        List<Container.Entry> entries = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < contents.size(); i++) {
            List<MemorySegment> parts = contents.get(i);
            long size = parts.stream().mapToLong(MemorySegment::byteSize).sum();
            if (offset + size > MappedFile.MAX_SIZE - 4096) {
                throw new IllegalArgumentException("the bundle would be larger than 2 GiB");
            }
            entries.add(new Container.Entry(Container.NAMES.get(i), offset, Digest.crc32(parts), (int) size));
            offset = entries.getLast().end();
        }
        AtomicFile.write(file, channel -> {
            for (int i = 0; i < entries.size(); i++) {
                AtomicFile.writeFully(channel, MemorySegment.ofArray(Container.localHeader(entries.get(i))));
                for (MemorySegment part : contents.get(i)) {
                    AtomicFile.writeFully(channel, part);
                }
            }
            AtomicFile.writeFully(channel, MemorySegment.ofArray(Container.trailer(entries)));
        });
    }

    /** Contents of the entries in the order of {@link Container#NAMES}. */
    private static List<List<MemorySegment>> contents(Bundle bundle) {
        byte[] manifest = ManifestJson.write(bundle.manifest());
        requireReadable(manifest, bundle.manifest());
        List<MemorySegment> manifestParts = List.of(MemorySegment.ofArray(manifest));
        List<MemorySegment> weights = new Safetensors(BlockSparse.fold(bundle.weights())).parts();
        List<MemorySegment> golden = new Safetensors(goldenTensors(bundle)).parts();
        String checksums = Digest.line(Container.MANIFEST, manifestParts) + Digest.line(Container.WEIGHTS, weights)
                + Digest.line(Container.GOLDEN, golden);
        return List.of(manifestParts, weights, golden,
                List.of(MemorySegment.ofArray(checksums.getBytes(StandardCharsets.US_ASCII))));
    }

    private static void requireReadable(byte[] json, Manifest manifest) {
        try {
            if (json.length > BundleReader.MAX_MANIFEST || !ManifestJson.read(json).equals(manifest)) {
                throw new IllegalArgumentException("the manifest cannot be written without loss or is too long");
            }
        } catch (FormatException e) {
            throw new IllegalArgumentException("the manifest cannot be written: " + e.getMessage(), e);
        }
    }

    private static SequencedMap<String, Tensor> goldenTensors(Bundle bundle) {
        var tensors = new LinkedHashMap<String, Tensor>();
        int channels = bundle.manifest().preprocess().channels().size();
        int outputs = bundle.manifest().network().outputSize();
        for (int i = 0; i < bundle.goldenCases().size(); i++) {
            GoldenCase golden = bundle.goldenCases().get(i);
            List<Integer> outputShape = switch (bundle.manifest().task().mode()) {
                case STREAM -> List.of(golden.steps(), outputs);
                case WINDOW -> List.of(outputs);
            };
            tensors.put("golden." + i + ".inputs", Tensor.of(List.of(golden.steps(), channels), golden.inputs()));
            tensors.put("golden." + i + ".outputs", Tensor.of(outputShape, golden.outputs()));
        }
        return tensors;
    }
}
