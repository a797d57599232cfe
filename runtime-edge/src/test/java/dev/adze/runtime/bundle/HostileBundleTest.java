package dev.adze.runtime.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Precision;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files made by hand: whole and checksummed, but not bundles that may be opened. */
class HostileBundleTest {
    @TempDir
    Path folder;

    private String manifest;
    private byte[] weights;
    private byte[] golden;

    @BeforeEach
    void takeAGoodBundleApart() throws IOException {
        Path file = folder.resolve("good.adze");
        SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, 3).write(file);
        try (var zip = new java.util.zip.ZipFile(file.toFile())) {
            manifest = new String(zip.getInputStream(zip.getEntry("manifest.json")).readAllBytes(), StandardCharsets.UTF_8);
            weights = zip.getInputStream(zip.getEntry("weights.safetensors")).readAllBytes();
            golden = zip.getInputStream(zip.getEntry("golden.safetensors")).readAllBytes();
        }
        assertTrue(open(pack()) == null, "the parts put together again are a good bundle");
    }

    private byte[] pack() {
        return pack(manifest.getBytes(StandardCharsets.UTF_8));
    }

    /** A canonical container with right checksums around the present parts. */
    private byte[] pack(byte[] manifestBytes) {
        String checksums = Digest.line(Container.MANIFEST, parts(manifestBytes))
                + Digest.line(Container.WEIGHTS, parts(weights)) + Digest.line(Container.GOLDEN, parts(golden));
        return container(Container.NAMES,
                List.of(manifestBytes, weights, golden, checksums.getBytes(StandardCharsets.US_ASCII)));
    }

    private static byte[] container(List<String> names, List<byte[]> contents) {
        var out = new ByteArrayOutputStream();
        var entries = new ArrayList<Container.Entry>();
        for (int i = 0; i < names.size(); i++) {
            var entry = new Container.Entry(names.get(i), out.size(), Digest.crc32(parts(contents.get(i))), contents.get(i).length);
            entries.add(entry);
            out.writeBytes(Container.localHeader(entry));
            out.writeBytes(contents.get(i));
        }
        out.writeBytes(Container.trailer(entries));
        return out.toByteArray();
    }

    private static List<MemorySegment> parts(byte[] bytes) {
        return List.of(MemorySegment.ofArray(bytes));
    }

    /** The message of the refusal, or null. */
    private String open(byte[] bytes) throws IOException {
        Path file = folder.resolve("hostile.adze");
        Files.write(file, bytes);
        try (Arena arena = Arena.ofConfined()) {
            BundleReader.read(file, arena);
            return null;
        } catch (AdzeException e) {
            assertEquals(AdzeException.Kind.BAD_BUNDLE, e.kind());
            assertEquals(1, e.getMessage().lines().count());
            return e.getMessage();
        }
    }

    private void refused(byte[] bytes, String expected) throws IOException {
        String message = open(bytes);
        assertTrue(message != null && message.contains(expected), () -> "'" + message + "' should contain '" + expected + "'");
    }

    private void refusedManifest(String from, String to, String expected) throws IOException {
        assertTrue(manifest.contains(from), () -> from + " is not in " + manifest);
        refused(pack(manifest.replace(from, to).getBytes(StandardCharsets.UTF_8)), expected);
    }

    @Test
    void aNewerVersionAsksForAnUpdateEvenIfEverythingElseDiffers() throws IOException {
        refusedManifest("\"version\" : 1", "\"version\" : 7",
                "bundle version 7 is newer than this Adze reads (4): update Adze");
        String future = "{\"format\":\"adze-bundle\",\"version\":7,\"shiny\":true}";
        refused(container(List.of("manifest.json", "other.bin"), List.of(future.getBytes(), new byte[100])),
                "bundle version 7 is newer than this Adze reads (4): update Adze");
        refusedManifest("\"version\" : 1", "\"version\" : 0", "manifest.version");
        refusedManifest("\"version\" : 1", "\"version\" : 1.0", "manifest.version");
        refusedManifest("adze-bundle", "other-bundle", "manifest.format");
    }

    @Test
    void otherFilesAreNotBundles() throws IOException {
        refused(new byte[0], "empty");
        refused("hello, world".getBytes(), "this is not an Adze bundle");
        refused("\u001c\0\0\0TFL3\u0014\0 \0\u001c\0\u0018\0".getBytes(), "but a TensorFlow Lite file (deploy the .adze");
        refused("\b\b\u0012\u0004adze\u001a\u000112VLSTM".getBytes(), "but an ONNX file (deploy the .adze");
        refused("\u0040\0\0\0\0\0\0\0{\"a\":{\"dtype\":\"F32\"}}".getBytes(), "but a safetensors file (deploy the .adze");
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("manifest.json"));
            zip.write(manifest.getBytes(StandardCharsets.UTF_8));
        }
        refused(out.toByteArray(), "header of manifest.json is damaged");
    }

    @Test
    void otherEntryNamesAreRefused() throws IOException {
        byte[] m = manifest.getBytes(StandardCharsets.UTF_8);
        for (String name : List.of("../x", "/etc/passwd", "manifest.json", "Weights.safetensors", "a\u0000b",
                "C:\\windows", "weights.safetensors/", "x".repeat(5000))) {
            refused(container(List.of("manifest.json", name, "golden.safetensors", "checksums.sha256"),
                    List.of(m, weights, golden, new byte[10])), "stands where weights.safetensors belongs");
        }
        refused(container(List.of("weights.safetensors", "manifest.json"), List.of(weights, m)),
                "stands where manifest.json belongs");
        var extra = new ArrayList<>(Container.NAMES);
        extra.add("../../evil.sh");
        refused(container(extra, List.of(m, weights, golden, checksums(m), new byte[3])), "does not end where");
        refused(container(Container.NAMES.subList(0, 3), List.of(m, weights, golden)), "checksums.sha256 is missing");
    }

    private byte[] checksums(byte[] m) {
        return (Digest.line(Container.MANIFEST, parts(m)) + Digest.line(Container.WEIGHTS, parts(weights))
                + Digest.line(Container.GOLDEN, parts(golden))).getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void wrongChecksumsAreRefused() throws IOException {
        byte[] m = manifest.getBytes(StandardCharsets.UTF_8);
        byte[] right = checksums(m);
        byte[] upper = new String(right, StandardCharsets.US_ASCII).toUpperCase(java.util.Locale.ROOT).getBytes();
        for (byte[] wrong : List.of(new byte[0], new byte[right.length], java.util.Arrays.copyOf(right, right.length + 1), upper)) {
            refused(container(Container.NAMES, List.of(m, weights, golden, wrong)), "checksums.sha256");
        }
    }

    @Test
    void anEntryLargerThanTheFileIsRefusedBeforeAnyAllocation() throws IOException {
        for (int size : new int[] {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 1 << 30}) {
            ByteBuffer bytes = ByteBuffer.wrap(pack()).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putInt(Container.SIZE_AT, size);
            String message = open(bytes.array());
            assertTrue(message != null && message.contains("manifest.json"), message);
        }
    }

    @Test
    void theManifestIsReadStrictly() throws IOException {
        refusedManifest("\"name\"", "\"nmae\"", "manifest.name is missing");
        refusedManifest("\"version\" : 1,", "\"version\" : 1, \"extra\" : 2,", "unknown field 'extra'");
        refusedManifest("\"version\" : 1,", "\"version\" : 1, \"version\" : 1,", "manifest.json is not valid JSON");
        refusedManifest("\"int8\"", "\"int9\"", "manifest.precision is 'int9'; it must be one of fp32, fp16, int8, int4");
        refusedManifest("\"int8\"", "\"int4\"", "tensor layers.0.weight_ih is I8[12, 6] but the network needs U8[12, 3]");
        refusedManifest("\"int8\"", "\"fp32\"", "tensor layers.0.weight_ih is I8");
        refusedManifest("\"lstm\"", "\"rnn\"", "layer type 'rnn' is unknown");
        refusedManifest("\"hiddenSize\" : 3", "\"hiddenSize\" : 3, \"hold\" : 128", "hold must be an integer from 1");
        refusedManifest("\"hiddenSize\" : 3", "\"hiddenSize\" : 3, \"hold\" : 0", "hold must be an integer from 1");
        refusedManifest("\"hiddenSize\" : 3", "\"hiddenSize\" : 0", "hiddenSize must be an integer from 1");
        refusedManifest("\"hiddenSize\" : 3", "\"hiddenSize\" : 1e9", "hiddenSize must be an integer from 1");
        refusedManifest("\"hiddenSize\" : 3", "\"hiddenSize\" : 4", "the network needs");
        refusedManifest("\"hiddenSize\" : 3", "\"hiddenSize\" : \"3\"", "hiddenSize must be an integer");
        refusedManifest("\"windowSteps\" : 4", "\"windowSteps\" : 2000000000", "windowSteps must be an integer from 1");
        refusedManifest("\"scale\" : 12.5", "\"scale\" : 0", "scale 0.0");
        refusedManifest("\"scale\" : 12.5", "\"scale\" : 1e999", "must be a finite number");
        refusedManifest("\"scale\" : 12.5", "\"scale\" : NaN", "manifest.json is not valid JSON");
        refusedManifest("\"scale\" : 12.5", "\"scale\" : null", "must be a finite number");
        refusedManifest("\"temp\"", "\"cpu.busy\"", "channel cpu.busy appears twice");
        refusedManifest("\"validityMask\" : true", "\"validityMask\" : false", "features but the network takes");
        refusedManifest("\"small-3\"", "\"../../etc\"", "the name may have");
        refusedManifest("\"absolute\" : 1.0E-5", "\"absolute\" : -1", "tolerance");
        refused(pack((manifest + "{}").getBytes()), "manifest.json is not valid JSON");
        refused(pack(new byte[0]), "manifest.json");
        refused(pack("null".getBytes()), "must be an object");
        refused(pack("[".repeat(100_000).getBytes()), "manifest.json is not valid JSON");
        refused(pack(manifest.getBytes(StandardCharsets.UTF_16)), "manifest.json is not UTF-8");
        refused(pack((manifest + " ".repeat(1 << 20)).getBytes()), "manifest.json is larger than");
    }

    private void refusedWeights(String from, String to, String expected) throws IOException {
        byte[] before = weights;
        weights = editHeader(weights, from, to);
        refused(pack(), expected);
        weights = before;
    }

    private static byte[] editHeader(byte[] file, String from, String to) {
        int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        String header = new String(file, 8, length, StandardCharsets.UTF_8);
        assertTrue(header.contains(from), header);
        byte[] changed = header.replace(from, to).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + changed.length + file.length - 8 - length).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(changed.length).put(changed).put(file, 8 + length, file.length - 8 - length).array();
    }

    @Test
    void theTensorsMustBeExactlyTheNetworks() throws IOException {
        refusedWeights("layers.0.bias", "layers.0.bias2", "tensor layers.0.bias is missing");
        refusedWeights("\"layers.0.weight_ih\":{\"dtype\":\"I8\",\"shape\":[12,6]",
                "\"layers.0.weight_ih\":{\"dtype\":\"I8\",\"shape\":[6,12]", "the network needs I8[12, 6]");
        refusedWeights("[12,6]", "[12,7]", "does not fill its data_offsets");
        refusedWeights("[12,6]", "[2147483647,2147483647]", "does not fill its data_offsets");
        refusedWeights("[12,6]", "[-12,-6]", "shape[0] must be an integer from 0");
        refusedWeights("\"I8\"", "\"BF16\"", "only F32, F16, I8 and U8 are read");
        refusedWeights("\"data_offsets\":[0,72]", "\"data_offsets\":[0,99999999]", "data_offsets[1] must be an integer");
        refusedWeights("\"data_offsets\":[0,72]", "\"data_offsets\":[72,0]", "no range");
        refusedWeights("\"data_offsets\":[0,72]", "\"data_offsets\":[1,73]", "begins at 1, not at 0");
        refusedWeights("\"data_offsets\":[0,72]", "\"data_offsets\":[0]", "no range");
        refusedWeights("{\"layers", "{\"more\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},\"layers",
                "tensor more does not belong to the network");
        byte[] good = weights;
        weights = java.util.Arrays.copyOf(good, good.length + 4);
        refused(pack(), "bytes that belong to no tensor");
        weights = new byte[3];
        refused(pack(), "too short");
        weights = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN).putLong(-1).array();
        refused(pack(), "header of 18446744073709551615 bytes");
    }

    @Test
    void notANumberAndMinus128AreNoWeights() throws IOException {
        byte[] good = weights.clone();
        int data = 8 + (int) ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        weights[data + 5] = -128;
        refused(pack(), "tensor layers.0.weight_ih holds -128.0 at element 5; int8 weights lie in [-127, 127]");
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1}) {
            weights = good.clone();
            ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).putFloat(data + 72, bad);
            refused(pack(), "tensor layers.0.weight_ih.scale holds " + bad);
        }
    }

    @Test
    void goldenVectorsMustBeThereAndFit() throws IOException {
        byte[] good = golden;
        golden = editHeader(good, "golden.1.inputs", "golden.2.inputs");
        refused(pack(), "golden.1.inputs is missing");
        golden = editHeader(good, "\"shape\":[7,2]", "\"shape\":[14,1]");
        refused(pack(), "does not fit the model");
        golden = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(2).put("{}".getBytes()).array();
        refused(pack(), "golden.safetensors holds 0 tensors");
    }

    @Test
    void theWriterRefusesWhatCouldNotBeReadBack() {
        Bundle good = SmallBundles.make(Precision.FP32, TaskSpec.Mode.WINDOW, 3);
        Manifest m = good.manifest();
        var channels = new ArrayList<>(m.preprocess().channels());
        channels.set(0, new dev.adze.runtime.preprocess.ChannelSpec("a", "", 0, 1, Double.NEGATIVE_INFINITY, 0));
        var preprocess = new dev.adze.runtime.preprocess.PreprocessSpec(channels, 2, 5, List.of(0.1), true);
        var manifest = new Manifest(m.name(), m.network(), m.precision(), preprocess, m.task(), m.metrics(),
                m.provenance(), m.tolerance());
        var bundle = new Bundle(manifest, good.weights(), good.goldenCases());
        assertThrows(IllegalArgumentException.class, () -> bundle.write(folder.resolve("x.adze")));
    }
}
