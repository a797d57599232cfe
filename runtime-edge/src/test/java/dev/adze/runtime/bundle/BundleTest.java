package dev.adze.runtime.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.model.DataType;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.session.EdgeModel;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
    @TempDir
    Path folder;

    private Path write(Bundle bundle) {
        Path file = folder.resolve(bundle.manifest().name() + ".adze");
        bundle.write(file);
        return file;
    }

    @Test
    void heldDigitsAreReadBack() {
        var network = new RecurrentNetwork(6, List.of(new Lstm(6, 9, 3), new Lstm(9, 5), new Dense(5, 2, Dense.Activation.IDENTITY)));
        Bundle written = SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, "held", network);
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(network, BundleReader.read(write(written), arena).manifest().network());
        }
    }

    @Test
    void whatOutputsAreRelativeToIsReadBackAndNeedsVersion2() {
        Manifest plain = SmallBundles.make(Precision.FP32, TaskSpec.Mode.WINDOW, 3).manifest();
        assertTrue(plain.toJson().contains("\"version\" : 1,"), plain.toJson());
        for (var reference : List.of(Optional.of(new TaskSpec.Reference(1, 2, 2)), Optional.<TaskSpec.Reference>empty())) {
            Manifest written = withFirstOutput(plain, new TaskSpec.Ahead("temp", 3, reference));
            assertTrue(written.toJson().contains("\"version\" : 2,"), written.toJson());
            assertEquals(written, Manifest.fromJson(written.toJson()));
        }
        // Adze that reads version 1 alone does not know the field, and must not leave it out in silence.
        String disguised = withFirstOutput(plain, new TaskSpec.Ahead("temp", 3, Optional.empty())).toJson()
                .replace("\"version\" : 2", "\"version\" : 1");
        assertThrows(AdzeException.class, () -> Manifest.fromJson(disguised));
        assertThrows(IllegalArgumentException.class, () -> withFirstOutput(plain, new TaskSpec.Ahead("none", 3, Optional.empty())));
        assertThrows(IllegalArgumentException.class, () -> withFirstOutput(plain,
                new TaskSpec.Ahead("temp", 3, Optional.of(new TaskSpec.Reference(0, 4, 2)))), "4 steps are kept");
    }

    @Test
    void anAnomalyScoreIsReadBack() {
        Manifest plain = SmallBundles.make(Precision.FP32, TaskSpec.Mode.STREAM, 3).manifest();
        TaskSpec task = plain.task();
        List<TaskSpec.OutputSpec> outputs = List.of("temp", "cpu.busy").stream().map(channel -> new TaskSpec.OutputSpec(channel, "",
                1, 2, 0, 9, Optional.of(new TaskSpec.Ahead(channel, 1, Optional.empty())))).toList();
        var anomaly = new TaskSpec(TaskSpec.Kind.ANOMALY, task.mode(), 4, 1, 500, outputs);
        assertThrows(IllegalArgumentException.class, () -> with(plain, anomaly), "a threshold is missing");
        Manifest written = with(plain, anomaly.with(new TaskSpec.Anomaly(0.05, 2.5, List.of(0.1, 0.2))));
        assertEquals(written, Manifest.fromJson(written.toJson()));
        String json = written.toJson();
        assertThrows(AdzeException.class, () -> Manifest.fromJson(json.replace("\"threshold\" : 2.5", "\"threshold\" : 0")));
        assertThrows(AdzeException.class, () -> Manifest.fromJson(json.replace("\"version\" : 2", "\"version\" : 1")));
    }

    private static Manifest with(Manifest manifest, TaskSpec task) {
        return new Manifest(manifest.name(), manifest.network(), manifest.precision(), manifest.preprocess(), task,
                manifest.metrics(), manifest.provenance(), manifest.tolerance());
    }

    private static Manifest withFirstOutput(Manifest manifest, TaskSpec.Ahead ahead) {
        TaskSpec task = manifest.task();
        var first = task.outputs().getFirst();
        return new Manifest(manifest.name(), manifest.network(), manifest.precision(), manifest.preprocess(),
                new TaskSpec(task.kind(), task.mode(), task.windowSteps(), task.horizonSteps(), task.periodMillis(), List.of(
                        new TaskSpec.OutputSpec(first.name(), first.unit(), first.center(), first.scale(), first.min(), first.max(),
                                Optional.of(ahead)), task.outputs().getLast())),
                manifest.metrics(), manifest.provenance(), manifest.tolerance());
    }

    @Test
    void whatIsWrittenIsReadBack() {
        for (Precision precision : RandomNetworks.PRECISIONS) {
            for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
                Bundle written = SmallBundles.make(precision, mode, 9);
                try (Arena arena = Arena.ofConfined()) {
                    Bundle read = BundleReader.read(write(written), arena);
                    assertEquals(written.manifest(), read.manifest());
                    assertEquals(written.goldenCases(), read.goldenCases());
                    assertEquals(List.copyOf(written.weights().tensors().keySet()),
                            List.copyOf(read.weights().tensors().keySet()));
                    written.weights().tensors().forEach((name, tensor) -> {
                        assertEquals(-1, tensor.data().mismatch(read.weights().tensors().get(name).data()), name);
                        assertEquals(tensor.elementCount() * switch (tensor.type()) {
                            case F32 -> 4;
                            case F16 -> 2;
                            case I8, U8 -> 1;
                        }, read.weights().tensors().get(name).data().byteSize());
                    });
                }
            }
        }
    }

    @Test
    void theSameContentsGiveTheSameBytes() throws IOException {
        Path first = write(SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, 5));
        byte[] bytes = Files.readAllBytes(first);
        Files.delete(first);
        assertArrayEquals(bytes, Files.readAllBytes(write(SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, 5))));
    }

    @Test
    void ordinaryZipReadersReadIt() throws IOException {
        Path file = write(SmallBundles.make(Precision.FP32, TaskSpec.Mode.WINDOW, 5));
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertEquals(Container.NAMES, zip.stream().map(ZipEntry::getName).toList());
            String manifest = new String(zip.getInputStream(zip.getEntry("manifest.json")).readAllBytes(),
                    java.nio.charset.StandardCharsets.UTF_8);
            assertTrue(manifest.contains("\"format\" : \"adze-bundle\""), manifest);
        }
        try (InputStream in = Files.newInputStream(file); ZipInputStream zip = new ZipInputStream(in)) {
            for (String name : Container.NAMES) {
                assertEquals(name, zip.getNextEntry().getName());
                assertTrue(zip.readAllBytes().length > 0);
            }
        }
    }

    @Test
    void theTensorDataIsAlignedInTheFile() throws IOException {
        Path file = write(SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, 16));
        try (Arena arena = Arena.ofConfined()) {
            Bundle bundle = BundleReader.read(file, arena);
            assertEquals(0, bundle.weights().tensors().firstEntry().getValue().data().address() % 64);
            bundle.weights().tensors().values().forEach(t -> assertEquals(0, t.data().address() % 4));
        }
    }

    @Test
    void anyFlippedBitIsRefusedWhereverItIs() throws IOException {
        byte[] good = Files.readAllBytes(write(SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, 2)));
        for (int at = 0; at < good.length; at++) {
            for (int bit : new int[] {at % 8, (at + 3) % 8, 7}) {
                byte[] bad = good.clone();
                bad[at] ^= (byte) (1 << bit);
                requireRefused(bad, "byte " + at + ", bit " + bit);
            }
        }
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] good = Files.readAllBytes(write(SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, 2)));
        for (int length = 0; length < good.length; length++) {
            requireRefused(java.util.Arrays.copyOf(good, length), length + " bytes of " + good.length);
        }
    }

    @Test
    void trailingBytesAreRefused() throws IOException {
        Path file = write(SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, 2));
        byte[] good = Files.readAllBytes(file);
        for (int extra : new int[] {1, 2, 22, 64, 5000}) {
            String message = requireRefused(java.util.Arrays.copyOf(good, good.length + extra), extra + " bytes more");
            assertTrue(message.contains("does not end where its directory ends"), message);
        }
    }

    @Test
    void randomDamageIsRefusedWithOneLine() throws IOException {
        byte[] good = Files.readAllBytes(write(SmallBundles.make(Precision.FP32, TaskSpec.Mode.WINDOW, 3)));
        for (long seed = 1; seed <= 3000; seed++) {
            Random random = new Random(seed);
            byte[] bad = good.clone();
            switch (random.nextInt(4)) {
                case 0 -> { // some bytes
                    for (int i = random.nextInt(1, 20); i > 0; i--) {
                        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                    }
                }
                case 1 -> { // a stretch moved
                    int length = random.nextInt(1, bad.length / 2);
                    System.arraycopy(good, random.nextInt(bad.length - length), bad, random.nextInt(bad.length - length), length);
                }
                case 2 -> { // extreme numbers
                    int at = random.nextInt(bad.length - 4);
                    java.util.Arrays.fill(bad, at, at + 4, (byte) (random.nextBoolean() ? 0xFF : 0x7F));
                }
                default -> { // a stretch cut out
                    int from = random.nextInt(bad.length - 1);
                    int to = random.nextInt(from + 1, bad.length);
                    bad = new byte[good.length - (to - from)];
                    System.arraycopy(good, 0, bad, 0, from);
                    System.arraycopy(good, to, bad, from, good.length - to);
                }
            }
            if (!java.util.Arrays.equals(bad, good)) {
                requireRefused(bad, "seed " + seed);
            }
        }
    }

    @Test
    void aMissingFileAndAFolderAreNotFound() {
        for (Path path : List.of(folder.resolve("nowhere.adze"), folder)) {
            try (Arena arena = Arena.ofConfined()) {
                AdzeException e = assertThrows(AdzeException.class, () -> BundleReader.read(path, arena));
                assertEquals(AdzeException.Kind.NOT_FOUND, e.kind());
            }
        }
    }

    @Test
    void aFailedWriteLeavesNothingBehindAndKeepsTheOldFile() throws IOException {
        Bundle bundle = SmallBundles.make(Precision.FP32, TaskSpec.Mode.WINDOW, 3);
        AdzeException e = assertThrows(AdzeException.class, () -> bundle.write(folder.resolve("missing/x.adze")));
        assertEquals(AdzeException.Kind.CANNOT_WRITE, e.kind());
        Path occupied = Files.createDirectories(folder.resolve("taken.adze/inside"));
        assertThrows(AdzeException.class, () -> bundle.write(occupied.getParent()));
        try (var files = Files.list(folder)) {
            assertFalse(files.anyMatch(p -> p.getFileName().toString().endsWith(".tmp")));
        }
    }

    private static String requireRefused(byte[] file, String what) {
        AdzeException e = assertThrows(AdzeException.class,
                () -> BundleReader.read(MemorySegment.ofArray(file), "damaged.adze"), what);
        assertEquals(AdzeException.Kind.BAD_BUNDLE, e.kind(), what);
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(e.getMessage().startsWith("damaged.adze: "), e.getMessage());
        return e.getMessage();
    }

    @Test
    void aMixedBundleComesBackAndOlderVersionsAreRefused(@TempDir Path folder) {
        Bundle mixed = SmallBundles.make(Precision.MIXED, TaskSpec.Mode.STREAM, 33);
        mixed.write(folder.resolve("mixed.adze"));
        try (Arena arena = Arena.ofConfined()) {
            Bundle read = Bundle.read(folder.resolve("mixed.adze"), arena);
            assertEquals(SmallBundles.MIXTURE, read.manifest().precisions().layers());
            assertEquals(Precision.MIXED, read.weights().precision());
            assertEquals(DataType.I8, read.weights().get(0, "weight_ih").type());
            assertEquals(DataType.U8, read.weights().get(1, "weight_hh").type());
        }
        EdgeModel.open(folder.resolve("mixed.adze")).close(); // its golden vectors agree
        String json = mixed.manifest().toJson();
        assertTrue(json.contains("\"version\" : 4,") && json.contains("\"layerPrecisions\" : [ \"int8\", \"int4\", \"fp32\" ]"), json);
        assertEquals(mixed.manifest(), Manifest.fromJson(json));
        for (String[] hostile : new String[][] {
                {"\"version\" : 4", "\"version\" : 3", "which version 3 has not"},
                {"\"int4\", \"fp32\"", "\"int4\"", "one a layer is needed"},
                {"\"int8\", \"int4\", \"fp32\"", "\"int8\", \"int8\", \"int8\"", "must differ"},
                {"\"int4\", \"fp32\"", "\"int4\", \"int8\"", "fp32 for all others"},
                {"\"int8\", \"int4\", \"fp32\"", "\"int8\", \"mixed\", \"fp32\"", "a layer has one precision"},
                {"\"int8\", \"int4\", \"fp32\"", "\"int8\", 4, \"fp32\"", "is none of"},
                {"\"precision\" : \"mixed\"", "\"precision\" : \"int8\"", "layerPrecisions"}}) {
            var e = assertThrows(AdzeException.class, () -> Manifest.fromJson(json.replace(hostile[0], hostile[1])));
            assertTrue(e.getMessage().contains(hostile[2]), e.getMessage());
        }
    }

    @Test
    void aBaselineComesBackAndABundleWithoutIsOfTheVersionBefore() {
        Manifest plain = SmallBundles.make(Precision.FP32, TaskSpec.Mode.WINDOW, 3).manifest();
        assertTrue(plain.baseline().isEmpty());
        assertTrue(plain.toJson().contains("\"version\" : 1,"), plain.toJson());
        var values = dev.adze.runtime.drift.Distribution.of(new double[] {0.1, Math.PI, Double.NaN, -1e-300, 7});
        var none = dev.adze.runtime.drift.Distribution.of(new double[0]);
        var baseline = new dev.adze.runtime.drift.Baseline(plain.preprocess().channels().stream().map(c -> values).toList(),
                plain.task().outputs().stream().map(o -> values).toList(), values, none);
        var written = new Manifest(plain.name(), plain.network(), plain.precision(), plain.preprocess(), plain.task(), plain.metrics(),
                plain.provenance(), plain.tolerance(), java.util.Optional.of(baseline));
        assertTrue(written.toJson().contains("\"version\" : 3,"));
        assertEquals(written, Manifest.fromJson(written.toJson()));
        var e = assertThrows(AdzeException.class, () -> Manifest.fromJson(written.toJson().replaceFirst("\"counts\" : \\[ 0,", "\"counts\" : [")));
        assertTrue(e.getMessage().contains("edges must rise, and there must be one more count"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Manifest(plain.name(), plain.network(), plain.precision(), plain.preprocess(),
                plain.task(), plain.metrics(), plain.provenance(), plain.tolerance(),
                java.util.Optional.of(new dev.adze.runtime.drift.Baseline(java.util.List.of(), java.util.List.of(), none, none))));
    }
}
