package dev.adze.runtime.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockSparseTest {
    private static final RecurrentNetwork NETWORK = RecurrentNetwork.stackedLstm(SmallBundles.INPUTS, 2, 21, 2);
    private static final String MATRIX = "layers.1.weight_hh";

    @TempDir
    Path folder;

    /** A network whose second layer's recurrent weights are zero but for every third column group. */
    private static NetworkTensors sparse() {
        NetworkTensors whole = RandomNetworks.tensors(RandomNetworks.weights(NETWORK, new Random(3)), Precision.INT8);
        var tensors = new LinkedHashMap<>(whole.tensors());
        byte[] values = tensors.get(MATRIX).toBytes();
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 21 / 4 % 3 == 0 ? (byte) Math.max(1, values[i]) : 0;
        }
        tensors.put(MATRIX, Tensor.of(List.of(84, 21), values));
        return new NetworkTensors(NETWORK, Precision.INT8, tensors);
    }

    @Test
    void onlyAMatrixWithManyZeroBlocksIsFoldedAndComesBackAsItWas() {
        NetworkTensors weights = sparse();
        var folded = BlockSparse.fold(weights);
        assertEquals(weights.tensors().size() + 1, folded.size());
        assertEquals(List.of(8, 1), folded.get(MATRIX + ".kept").shape()); // 4 gates of 16 and of 5 units; 6 groups of columns
        assertArrayEquals(new byte[] {9, 9, 9, 9, 9, 9, 9, 9}, folded.get(MATRIX + ".kept").toBytes());
        assertEquals(List.of(16, 16, 4), folded.get(MATRIX + ".blocks").shape());
        Tensor back = BlockSparse.unfold(NETWORK, LayerPrecisions.uniform(NETWORK, Precision.INT8), folded).get(MATRIX);
        assertArrayEquals(weights.tensors().get(MATRIX).toBytes(), back.toBytes());
    }

    @Test
    void aSparseBundleIsSmallerAndReadBackWhole() throws Exception {
        Bundle whole = SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, "whole", NETWORK);
        Bundle sparse = new Bundle(whole.manifest(), sparse(), whole.goldenCases());
        whole.write(folder.resolve("whole.adze"));
        sparse.write(folder.resolve("sparse.adze"));
        assertTrue(java.nio.file.Files.size(folder.resolve("sparse.adze")) < java.nio.file.Files.size(folder.resolve("whole.adze")));
        try (Arena arena = Arena.ofConfined()) {
            NetworkTensors read = BundleReader.read(folder.resolve("sparse.adze"), arena).weights();
            sparse.weights().tensors().forEach((name, tensor) ->
                    assertEquals(-1, tensor.data().mismatch(read.tensors().get(name).data()), name));
        }
    }

    @Test
    void whatIsNotStoredAsItShouldBeIsRefused() {
        refused("is stored neither whole nor", tensors -> tensors.remove(MATRIX + ".blocks"));
        refused("is stored neither whole nor", tensors -> tensors.put(MATRIX, sparse().tensors().get(MATRIX)));
        refused("but the network needs U8[8, 1]", tensors -> tensors.put(MATRIX + ".kept", mask(4, 2, 9)));
        refused("but 24 blocks of 16 x 4 are kept", tensors -> tensors.put(MATRIX + ".kept", mask(8, 1, 11)));
        refused("is not stored as", tensors -> tensors.put(MATRIX + ".kept", mask(8, 1, 65))); // bit 6: there is no such block
        refused("keeps 0 of 48 blocks", tensors -> {
            tensors.put(MATRIX + ".kept", mask(8, 1, 0));
            tensors.put(MATRIX + ".blocks", Tensor.of(List.of(0, 16, 4), new byte[0]));
        });
        refused("is not stored as", tensors -> edit(tensors, 64, 2 * 64, 0)); // a block of zeros
        refused("is not stored as", tensors -> edit(tensors, 2 * 64 + 40, 2 * 64 + 41, 1)); // row 10 of 5
    }

    private static Tensor mask(int rows, int bytes, int value) {
        byte[] mask = new byte[rows * bytes];
        java.util.Arrays.fill(mask, (byte) value);
        return Tensor.unsigned(List.of(rows, bytes), mask);
    }

    private static void edit(LinkedHashMap<String, Tensor> tensors, int from, int to, int value) {
        Tensor blocks = tensors.get(MATRIX + ".blocks");
        byte[] values = blocks.toBytes();
        java.util.Arrays.fill(values, from, to, (byte) value);
        tensors.put(MATRIX + ".blocks", Tensor.of(blocks.shape(), values));
    }

    private static void refused(String message, java.util.function.Consumer<LinkedHashMap<String, Tensor>> damage) {
        var tensors = new LinkedHashMap<>(BlockSparse.fold(sparse()));
        damage.accept(tensors);
        var e = assertThrows(FormatException.class, () -> BlockSparse.unfold(NETWORK, LayerPrecisions.uniform(NETWORK, Precision.INT8), tensors));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
