package dev.adze.agent.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.preprocess.PreprocessorState;
import dev.adze.runtime.session.ErrorsState;
import dev.adze.runtime.session.RecurrentState;
import dev.adze.runtime.session.SessionState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    @TempDir
    Path folder;

    private static Checkpoint checkpoint(int number) {
        var random = new Random(number);
        float[] window = new float[60];
        float[] recurrent = new float[400];
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < recurrent.length; i++) {
            recurrent[i] = (float) random.nextGaussian();
        }
        byte[] bundle = new byte[32];
        Arrays.fill(bundle, (byte) 7);
        return new Checkpoint(bundle, 1_795_000_000_000L + number, new SessionState(number, window, new RecurrentState(recurrent),
                new PreprocessorState(number, new double[] {1.5, -number}, new int[] {0, Integer.MAX_VALUE}, new double[] {0.25}),
                new ErrorsState(number, number % 2 == 1, new long[] {Long.MIN_VALUE, number, 3}, new float[] {1, Float.NaN, number, 4, 5, 6},
                        new double[] {-0.5, number})), new float[] {number, Float.NaN});
    }

    @Test
    void everyBitComesBack() throws IOException {
        var store = new CheckpointStore(new DiskFiles(folder.resolve("made/when needed")));
        assertEquals(Optional.empty(), store.load());
        store.save(checkpoint(1));
        assertEquals(Optional.of(checkpoint(1)), store.load());
        store.save(checkpoint(2));
        assertEquals(Optional.of(checkpoint(2)), new CheckpointStore(new DiskFiles(folder.resolve("made/when needed"))).load());
        try (var all = Files.list(folder.resolve("made/when needed"))) {
            assertEquals(1, all.count(), "nothing is left beside it");
        }
    }

    /** What agents wrote that kept no anomaly score, and before them no samples: the same without it, under another first line. */
    @Test
    void theFormatsBeforeAreReadToo() {
        var checkpoint = checkpoint(5);
        SessionState whole = checkpoint.session();
        var session = new SessionState(whole.stepsSeen(), whole.window(), whole.recurrent(), whole.preprocessor());
        int errors = 8 + 4 + 4 + 3 * 8 + 4 + 6 * 4 + 4 + 2 * 8;
        assertEquals(Optional.of(new Checkpoint(checkpoint.bundle(), checkpoint.epochMillis(), session, checkpoint.samples())),
                Checkpoint.of(shortened(checkpoint, errors, '2')));
        assertEquals(Optional.of(new Checkpoint(checkpoint.bundle(), checkpoint.epochMillis(), session, new float[0])),
                Checkpoint.of(shortened(checkpoint, errors + 4 + 2 * Float.BYTES, '1')));
        assertEquals(Optional.empty(), Checkpoint.of(shortened(checkpoint, 0, '4')));
        assertEquals(Optional.empty(), Checkpoint.of(shortened(checkpoint, 0, '2')), "more than it says");
    }

    private static byte[] shortened(Checkpoint checkpoint, int less, char version) {
        byte[] whole = checkpoint.toBytes();
        byte[] bytes = Arrays.copyOf(whole, whole.length - less);
        bytes["ADZE-STATE/".length()] = (byte) version;
        var crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - Integer.BYTES);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - Integer.BYTES, (int) crc.getValue());
        return bytes;
    }

    @Test
    void damagedBytesAreNoCheckpoint() {
        byte[] good = checkpoint(3).toBytes();
        assertEquals(Optional.of(checkpoint(3)), Checkpoint.of(good));
        for (int i = 0; i < good.length; i++) {
            byte[] flipped = good.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            assertEquals(Optional.empty(), Checkpoint.of(flipped), "bit of byte " + i);
            assertEquals(Optional.empty(), Checkpoint.of(Arrays.copyOf(good, i)), "cut at " + i);
        }
        assertEquals(Optional.empty(), Checkpoint.of(Arrays.copyOf(good, good.length + 1)));
    }

    @Test
    void hostileLengthsWithARightChecksumAreNoCheckpoint() {
        byte[] good = checkpoint(4).toBytes();
        int firstLength = 13 + 32 + 24;
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 59, 61, 1 << 28}) {
            byte[] bytes = good.clone();
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(firstLength, length);
            var crc = new CRC32C();
            crc.update(bytes, 0, bytes.length - 4);
            in.putInt(bytes.length - 4, (int) crc.getValue());
            assertEquals(Optional.empty(), Checkpoint.of(bytes), "length " + length);
        }
    }

    @Test
    void aPowerCutAnywhereLeavesTheOldOrTheNewCheckpoint() throws IOException {
        var disk = new MemoryFiles();
        var store = new CheckpointStore(disk);
        int[] savedAfter = new int[5];
        for (int number = 1; number <= 4; number++) {
            store.save(checkpoint(number));
            savedAfter[number] = disk.operationCount();
        }
        int images = 0;
        for (int cut = 0; cut <= disk.operationCount(); cut++) {
            int acknowledged = 0;
            while (acknowledged < 4 && savedAfter[acknowledged + 1] <= cut) {
                acknowledged++;
            }
            for (var image : disk.imagesAfter(cut)) {
                images++;
                var after = new CheckpointStore(new MemoryFiles(image));
                Optional<Checkpoint> found = after.load();
                int number = found.map(c -> (int) c.session().stepsSeen()).orElse(0);
                assertTrue(number >= acknowledged && number <= acknowledged + 1,
                        "after " + cut + " operations checkpoint " + number + " is found, " + acknowledged + " was acknowledged");
                if (number > 0) {
                    assertEquals(checkpoint(number), found.get());
                }
                // And life goes on from there.
                after.save(checkpoint(9));
                assertEquals(Optional.of(checkpoint(9)), after.load());
            }
        }
        System.out.println("power cuts in 4 checkpoints: " + images + " images of the disk, each with the old or the new one");
        assertTrue(images > 200, images + " images");
    }
}
