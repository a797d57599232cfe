package dev.adze.runtime.bundle;

import static dev.adze.runtime.bundle.FormatException.quote;
import static dev.adze.runtime.bundle.FormatException.require;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.DataType;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Reads bundles, strictly: any deviation from docs/bundle-format.md is refused with one line that says what is wrong.
 * Every byte of the file is covered by a comparison or a checksum.
 */
public final class BundleReader {
    static final int MAX_MANIFEST = 1 << 20;
    private static final int MAX_GOLDEN = 1 << 28;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment file;
    private final List<Container.Entry> entries = new ArrayList<>();

    private BundleReader(MemorySegment file) {
        this.file = file;
    }

    /**
     * Maps and checks a bundle, all but the golden vectors (see {@code EdgeModel}).
     *
     * @param arena owns the mapping; the bundle's weights lie in it
     * @throws AdzeException NOT_FOUND, or BAD_BUNDLE
     */
    public static Bundle read(Path path, Arena arena) {
        return read(MappedFile.map(path, arena), path.getFileName().toString());
    }

    static Bundle read(MemorySegment file, String fileName) {
        try {
            return new BundleReader(file).read();
        } catch (FormatException | IllegalArgumentException | AdzeException e) { // the latter from the tensors' checks
            String mend = e.getMessage().endsWith("pdate Adze") ? "" : "; copy or export the bundle again";
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, fileName + ": " + e.getMessage() + mend);
        }
    }

    /** What people give in its place: an export of it. */
    private String foreign() {
        if (file.byteSize() < 16) {
            return "";
        }
        byte[] head = file.asSlice(0, 16).toArray(ValueLayout.JAVA_BYTE);
        String text = new String(head, java.nio.charset.StandardCharsets.ISO_8859_1);
        boolean onnx = head[0] == 8 && head[1] < 32 && head[2] == 0x12; // ModelProto: ir_version, then producer_name
        String format = text.startsWith("TFL3", 4) ? "a TensorFlow Lite file"
                : text.charAt(8) == '{' && head[7] == 0 ? "a safetensors file" : onnx ? "an ONNX file" : null;
        return format == null ? "" : " but " + format + " (deploy the .adze file that it was exported from)";
    }

    private Bundle read() {
        require(file.byteSize() > 0, "the file is empty");
        require(file.byteSize() >= 4 && file.get(INT, 0) == Container.LOCAL_SIGNATURE, "this is not an Adze bundle" + foreign());
        // The manifest comes first and tells the version, before anything that another version may do differently.
        readEntry(Container.MANIFEST);
        require(entries.getFirst().size() <= MAX_MANIFEST, "manifest.json is larger than " + MAX_MANIFEST + " bytes");
        requireCrc(entries.getFirst());
        Manifest manifest = ManifestJson.read(content(0).toArray(ValueLayout.JAVA_BYTE));
        for (String name : Container.NAMES.subList(1, Container.NAMES.size())) {
            readEntry(name);
        }
        requireTrailer();
        entries.subList(1, entries.size()).forEach(this::requireCrc);
        requireChecksums();
        require(entries.get(2).size() <= MAX_GOLDEN, "golden.safetensors is larger than " + MAX_GOLDEN + " bytes");
        SequencedMap<String, Tensor> weights = BlockSparse.unfold(manifest.network(), manifest.precisions(),
                Safetensors.parse(content(1), Container.WEIGHTS).tensors());
        return new Bundle(manifest,
                new NetworkTensors(manifest.network(), manifest.precisions(), weights),
                goldenCases(Safetensors.parse(content(2), Container.GOLDEN).tensors()));
    }

    /** The next entry, which must have this name and lie where and as {@link Container} puts it. */
    private void readEntry(String name) {
        long offset = entries.isEmpty() ? 0 : entries.getLast().end();
        require(offset + Container.LOCAL_FIXED <= file.byteSize(), "the file is cut off before " + name);
        require(file.get(INT, offset) == Container.LOCAL_SIGNATURE, name + " is missing or its header is damaged");
        int nameLength = file.get(SHORT, offset + Container.NAME_LENGTH_AT) & 0xFFFF;
        require(offset + Container.LOCAL_FIXED + nameLength <= file.byteSize(), "the file is cut off in a header");
        String found = new String(file.asSlice(offset + Container.LOCAL_FIXED, nameLength)
                .toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
        require(found.equals(name), "entry " + quote(found) + " stands where " + name + " belongs");
        int size = file.get(INT, offset + Container.SIZE_AT);
        require(size >= 0, name + " claims " + Integer.toUnsignedString(size) + " bytes, more than a bundle can have");
        var entry = new Container.Entry(name, offset, file.get(INT, offset + Container.CRC_AT), size);
        require(entry.end() <= file.byteSize(), "the file is cut off in " + name + " (" + size + " bytes)");
        requireBytes(offset, Container.localHeader(entry), "the header of " + name + " is damaged");
        entries.add(entry);
    }

    private void requireTrailer() {
        byte[] trailer = Container.trailer(entries);
        long offset = entries.getLast().end();
        require(offset + trailer.length <= file.byteSize(), "the file is cut off in its directory");
        require(offset + trailer.length == file.byteSize(), "the file does not end where its directory ends ("
                + (file.byteSize() - offset - trailer.length) + " bytes too many, or a further entry)");
        requireBytes(offset, trailer, "the directory is damaged");
    }

    private void requireBytes(long offset, byte[] expected, String message) {
        require(file.asSlice(offset, expected.length).mismatch(MemorySegment.ofArray(expected)) == -1, message);
    }

    private void requireCrc(Container.Entry entry) {
        require(Digest.crc32(List.of(content(entries.indexOf(entry)))) == entry.crc(),
                entry.name() + " is damaged (its CRC-32 does not fit)");
    }

    private void requireChecksums() {
        var text = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            text.append(Digest.line(Container.NAMES.get(i), List.of(content(i))));
        }
        byte[] expected = text.toString().getBytes(StandardCharsets.US_ASCII);
        require(entries.get(3).size() == expected.length
                        && content(3).mismatch(MemorySegment.ofArray(expected)) == -1,
                "checksums.sha256 does not fit the contents");
    }

    private MemorySegment content(int entry) {
        return file.asSlice(entries.get(entry).dataOffset(), entries.get(entry).size());
    }

    private static List<GoldenCase> goldenCases(Map<String, Tensor> tensors) {
        require(!tensors.isEmpty() && tensors.size() % 2 == 0 && tensors.size() <= 2 * Bundle.MAX_GOLDEN_CASES,
                "golden.safetensors holds " + tensors.size() + " tensors; pairs of inputs and outputs are needed");
        List<GoldenCase> cases = new ArrayList<>();
        for (int i = 0; i < tensors.size() / 2; i++) {
            Tensor inputs = goldenTensor(tensors, "golden." + i + ".inputs");
            Tensor outputs = goldenTensor(tensors, "golden." + i + ".outputs");
            require(inputs.shape().size() == 2 && inputs.shape().getFirst() > 0,
                    "golden." + i + ".inputs must have the shape [steps, channels]");
            cases.add(new GoldenCase(inputs.shape().getFirst(), inputs.toFloats(), outputs.toFloats()));
        }
        return cases;
    }

    private static Tensor goldenTensor(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        require(tensor != null && tensor.type() == DataType.F32, name + " is missing or not of type F32");
        return tensor;
    }
}
