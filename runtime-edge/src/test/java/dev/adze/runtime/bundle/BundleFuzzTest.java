package dev.adze.runtime.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.RandomArchitectures;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.session.EdgeModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Seeded mutations of good bundles: reading one ends soon, in an AdzeException of one line or in a model that is equal to
 * what its bytes say. {@code -Dadze.test.fuzz=N} runs N rounds of each kind instead of some hundred.
 */
class BundleFuzzTest {
    private static final int ROUNDS = Integer.getInteger("adze.test.fuzz", 400);
    private static final Duration SOON = Duration.ofSeconds(Math.max(60, ROUNDS / 20));
    private static final Pattern TOKEN = Pattern.compile("\"[^\"]*\"|-?[0-9][0-9.eE+-]*|true|false|null|[\\[\\]{},:]");

    @TempDir
    Path folder;

    private static List<RecurrentNetwork> networks() {
        var networks = new ArrayList<>(RandomArchitectures.examples(SmallBundles.INPUTS, 3));
        networks.add(RecurrentNetwork.stackedLstm(SmallBundles.INPUTS, 2, 3, 2));
        return networks;
    }

    private List<Bundle> bundles() {
        var bundles = new ArrayList<Bundle>();
        for (RecurrentNetwork network : networks()) {
            Precision precision = bundles.size() % 2 == 0 ? Precision.FP32 : Precision.INT8;
            bundles.add(SmallBundles.make(precision, TaskSpec.Mode.WINDOW, "fuzz-" + bundles.size(), network));
        }
        return bundles;
    }

    private byte[] bytes(Bundle bundle) throws IOException {
        Path file = folder.resolve("good.adze");
        bundle.write(file);
        return Files.readAllBytes(file);
    }

    /** Every byte is covered by a comparison or a checksum: no mutated file is accepted. */
    @Test
    void aFileWithMutatedBytesIsRefused() {
        assertTimeoutPreemptively(SOON, () -> {
            List<byte[]> files = new ArrayList<>();
            for (Bundle bundle : bundles()) {
                files.add(bytes(bundle));
            }
            for (long seed = 0; seed < ROUNDS; seed++) {
                Random random = new Random(seed);
                byte[] good = files.get(random.nextInt(files.size()));
                byte[] mutated = mutateBytes(good, files.get(random.nextInt(files.size())), random);
                if (!Arrays.equals(good, mutated) && files.stream().noneMatch(file -> Arrays.equals(file, mutated))) {
                    assertTrue(read(mutated, "seed " + seed) == null, "seed " + seed + ": a damaged file was accepted");
                }
            }
        });
    }

    /** Whole containers with right checksums round a mutated manifest. */
    @Test
    void aMutatedManifestIsRefusedOrSaysWhatItMeans() {
        checkMutatedContents(bundle -> 0, (json, random) ->
                mutateText(new String(json, StandardCharsets.UTF_8), random).getBytes(StandardCharsets.UTF_8));
    }

    /** Likewise round mutated tensors, header or data. */
    @Test
    void mutatedTensorsAreRefusedOrStandForThemselves() {
        checkMutatedContents(bundle -> 1, BundleFuzzTest::mutateTensors);
        checkMutatedContents(bundle -> 2, BundleFuzzTest::mutateTensors);
    }

    private interface Part {
        int of(Bundle bundle);
    }

    private interface Mutation {
        byte[] apply(byte[] content, Random random);
    }

    private void checkMutatedContents(Part part, Mutation mutation) {
        assertTimeoutPreemptively(SOON, () -> {
            List<Bundle> bundles = bundles();
            List<List<byte[]>> contents = new ArrayList<>();
            for (Bundle bundle : bundles) {
                contents.add(takeApart(bytes(bundle)));
            }
            int accepted = 0;
            for (long seed = 0; seed < ROUNDS; seed++) {
                Random random = new Random(seed);
                int chosen = random.nextInt(bundles.size());
                List<byte[]> parts = new ArrayList<>(contents.get(chosen));
                int index = part.of(bundles.get(chosen));
                parts.set(index, mutation.apply(parts.get(index), random));
                byte[] file = putTogether(parts);
                Bundle read = read(file, "seed " + seed);
                if (read != null) {
                    accepted++;
                    // What was understood, written again, is understood to be the same.
                    Bundle again = read(bytes(read), "seed " + seed + ", written again");
                    assertTrue(again != null, "seed " + seed);
                    assertEquals(read.manifest(), again.manifest(), "seed " + seed);
                    assertEquals(read.goldenCases(), again.goldenCases(), "seed " + seed);
                    openOrRefuse(file, "seed " + seed);
                }
            }
            assertTrue(accepted < ROUNDS, "some mutations must be refused");
        });
    }

    /** The bundle, or null where it was refused in the proper way; any other exception fails the test. */
    private static Bundle read(byte[] file, String what) {
        try {
            return BundleReader.read(MemorySegment.ofArray(file), "fuzzed.adze");
        } catch (AdzeException e) {
            assertEquals(AdzeException.Kind.BAD_BUNDLE, e.kind(), what);
            assertEquals(1, e.getMessage().lines().count(), what);
            return null;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what + ": " + e, e);
        }
    }

    private void openOrRefuse(byte[] bytes, String what) throws IOException {
        Path file = folder.resolve("opened.adze");
        Files.write(file, bytes);
        try (EdgeModel model = EdgeModel.open(file); var session = model.newModelSession()) {
            float[] outputs = new float[model.manifest().task().outputs().size()];
            session.preprocess(new float[model.manifest().preprocess().channels().size()]);
            session.infer(outputs);
        } catch (AdzeException e) {
            assertTrue(e.kind() == AdzeException.Kind.MISMATCH || e.kind() == AdzeException.Kind.BAD_BUNDLE, what + ": " + e);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what + ": " + e, e);
        }
    }

    // ---- mutations

    private static byte[] mutateBytes(byte[] good, byte[] other, Random random) {
        byte[] bytes = good.clone();
        switch (random.nextInt(6)) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                for (int i = random.nextInt(8); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
            case 2 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(100));
            case 4 -> { // a stretch moved elsewhere
                int length = random.nextInt(200);
                int from = random.nextInt(bytes.length - length);
                System.arraycopy(good, from, bytes, random.nextInt(bytes.length - length), length);
            }
            default -> { // the first part of one file, the rest of another
                int cut = random.nextInt(Math.min(bytes.length, other.length));
                System.arraycopy(other, 0, bytes, 0, cut);
            }
        }
        // Numbers that sizes and offsets are read from.
        if (random.nextInt(4) == 0 && bytes.length > 4) {
            int at = random.nextInt(bytes.length - 4);
            Arrays.fill(bytes, at, at + 4, (byte) (random.nextBoolean() ? 0xFF : 0x7F));
        }
        return bytes;
    }

    /** Tokens of JSON replaced, removed, doubled or swapped. */
    private static String mutateText(String json, Random random) {
        String result = json;
        for (int i = random.nextInt(3); i >= 0; i--) {
            List<MatchResult> tokens = TOKEN.matcher(result).results().toList();
            if (tokens.isEmpty()) {
                return result;
            }
            MatchResult token = tokens.get(random.nextInt(tokens.size()));
            String other = tokens.get(random.nextInt(tokens.size())).group();
            String[] strange = {"0", "1", "-1", "16384", "16385", "2147483648", "1e308", "-1e-320", "9e999", "1.5", "null", "true",
                "{}", "[]", "\"\"", "\"lstm\"", "\"gru\"", "\"residual\"", "\"bidirectional\"", "\"window\"", "\"stream\"",
                "\"int8\"", "\"int4\"", "\"\\u0000\"", "\"\\ud800\"", "[".repeat(5_000), "{\"a\":".repeat(3_000)};
            UnaryOperator<String> edit = switch (random.nextInt(4)) {
                case 0 -> _ -> strange[random.nextInt(strange.length)];
                case 1 -> _ -> "";
                case 2 -> text -> text + text;
                default -> _ -> other;
            };
            result = result.substring(0, token.start()) + edit.apply(token.group()) + result.substring(token.end());
        }
        return result;
    }

    /** A safetensors entry: the header's length, its text, or data. */
    private static byte[] mutateTensors(byte[] content, Random random) {
        byte[] bytes = content.clone();
        int header = (int) java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong();
        switch (random.nextInt(4)) {
            case 0 -> bytes[random.nextInt(8)] = (byte) random.nextInt();
            case 1 -> {
                String text = new String(bytes, 8, header, StandardCharsets.UTF_8);
                byte[] mutated = mutateText(text, random).getBytes(StandardCharsets.UTF_8);
                var out = new ByteArrayOutputStream();
                out.writeBytes(java.nio.ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(mutated.length).array());
                out.writeBytes(mutated);
                out.write(bytes, 8 + header, bytes.length - 8 - header);
                return out.toByteArray();
            }
            case 2 -> {
                int data = bytes.length - 8 - header;
                int at = 8 + header + random.nextInt(Math.max(1, data - 4));
                int value = switch (random.nextInt(5)) {
                    case 0 -> Float.floatToIntBits(Float.NaN);
                    case 1 -> Float.floatToIntBits(Float.NEGATIVE_INFINITY);
                    case 2 -> Float.floatToIntBits(Float.MAX_VALUE);
                    case 3 -> 0x80808080; // -128 as bytes
                    default -> random.nextInt();
                };
                for (int i = 0; i < 4 && at + i < bytes.length; i++) {
                    bytes[at + i] = (byte) (value >>> 8 * i);
                }
            }
            default -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 64));
        }
        return bytes;
    }

    // ---- containers

    private List<byte[]> takeApart(byte[] file) throws IOException {
        Path path = folder.resolve("apart.adze");
        Files.write(path, file);
        var parts = new ArrayList<byte[]>();
        try (var zip = new java.util.zip.ZipFile(path.toFile())) {
            for (String name : Container.NAMES.subList(0, 3)) {
                parts.add(zip.getInputStream(zip.getEntry(name)).readAllBytes());
            }
        }
        return parts;
    }

    /** A canonical container with right checksums. */
    private static byte[] putTogether(List<byte[]> parts) {
        var contents = new ArrayList<>(parts);
        var checksums = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            checksums.append(Digest.line(Container.NAMES.get(i), List.of(MemorySegment.ofArray(parts.get(i)))));
        }
        contents.add(checksums.toString().getBytes(StandardCharsets.US_ASCII));
        var out = new ByteArrayOutputStream();
        var entries = new ArrayList<Container.Entry>();
        for (int i = 0; i < contents.size(); i++) {
            byte[] content = contents.get(i);
            var entry = new Container.Entry(Container.NAMES.get(i), out.size(),
                    Digest.crc32(List.of(MemorySegment.ofArray(content))), content.length);
            entries.add(entry);
            out.writeBytes(Container.localHeader(entry));
            out.writeBytes(content);
        }
        out.writeBytes(Container.trailer(entries));
        return out.toByteArray();
    }
}
