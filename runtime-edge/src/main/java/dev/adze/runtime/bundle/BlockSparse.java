package dev.adze.runtime.bundle;

import static dev.adze.runtime.bundle.FormatException.require;

import dev.adze.runtime.model.DataType;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.WeightBlocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The file form of int8 matrices with blocks of zeros (docs/bundle-format.md, "Block-sparse matrices"). */
final class BlockSparse {
    private static final String KEPT = ".kept";
    private static final String BLOCKS = ".blocks";
    private static final int BLOCK_BYTES = WeightBlocks.ROWS * WeightBlocks.COLUMNS;

    /** Of so many blocks at least one is kept, so that a small file cannot ask for much memory. */
    private static final int MOST_BLOCKS_A_KEPT_ONE = 64;

    private record Matrix(String name, WeightBlocks blocks) {}

    private BlockSparse() {}

    /** The tensors as a file has them. */
    static SequencedMap<String, Tensor> fold(NetworkTensors weights) {
        var tensors = new LinkedHashMap<>(weights.tensors());
        for (Matrix matrix : matrices(weights.network(), weights.precisions())) {
            byte[] values = tensors.get(matrix.name()).toBytes();
            boolean[] kept = matrix.blocks().kept(values);
            if (matrix.blocks().worthwhile(kept) && enough(matrix.blocks(), count(kept))) {
                tensors.remove(matrix.name());
                tensors.put(matrix.name() + KEPT, mask(matrix.blocks(), kept));
                tensors.put(matrix.name() + BLOCKS, blocks(matrix.blocks(), kept, values));
            }
        }
        return tensors;
    }

    /** The tensors as a network has them. @throws FormatException if a sparse one is not as {@link #fold} makes them */
    static SequencedMap<String, Tensor> unfold(RecurrentNetwork network, LayerPrecisions precisions,
            SequencedMap<String, Tensor> file) {
        var tensors = new LinkedHashMap<>(file);
        for (Matrix matrix : matrices(network, precisions)) {
            Tensor mask = tensors.remove(matrix.name() + KEPT);
            Tensor blocks = tensors.remove(matrix.name() + BLOCKS);
            if (mask != null || blocks != null) {
                require(mask != null && blocks != null && !tensors.containsKey(matrix.name()),
                        "tensor " + matrix.name() + " is stored neither whole nor as .kept and .blocks");
                tensors.put(matrix.name(), whole(matrix, mask, blocks));
            }
        }
        return tensors;
    }

    private static List<Matrix> matrices(RecurrentNetwork network, LayerPrecisions precisions) {
        List<Matrix> matrices = new ArrayList<>();
        for (int i = 0; i < network.layers().size(); i++) {
            if (precisions.of(i) == Precision.INT8 && network.layers().get(i) instanceof Lstm lstm) {
                matrices.add(new Matrix(RecurrentNetwork.tensorName(i, "weight_ih"),
                        new WeightBlocks(lstm.hiddenSize(), lstm.inputSize())));
                matrices.add(new Matrix(RecurrentNetwork.tensorName(i, "weight_hh"),
                        new WeightBlocks(lstm.hiddenSize(), lstm.hiddenSize())));
            }
        }
        return matrices;
    }

    private static boolean enough(WeightBlocks blocks, int kept) {
        return (long) kept * MOST_BLOCKS_A_KEPT_ONE >= blocks.count();
    }

    private static int count(boolean[] kept) {
        int count = 0;
        for (boolean block : kept) {
            count += block ? 1 : 0;
        }
        return count;
    }

    private static int maskBytes(WeightBlocks blocks) {
        return (blocks.groups() + 7) / 8;
    }

    private static Tensor mask(WeightBlocks blocks, boolean[] kept) {
        byte[] bits = new byte[blocks.blockRows() * maskBytes(blocks)];
        for (int i = 0; i < kept.length; i++) {
            int group = i % blocks.groups();
            bits[i / blocks.groups() * maskBytes(blocks) + group / 8] |= (byte) (kept[i] ? 1 << group % 8 : 0);
        }
        return Tensor.unsigned(List.of(blocks.blockRows(), maskBytes(blocks)), bits);
    }

    private static Tensor blocks(WeightBlocks blocks, boolean[] kept, byte[] values) {
        byte[] stored = new byte[kept.length * BLOCK_BYTES];
        int count = 0;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                for (int row = 0; row < blocks.rowsOf(i / blocks.groups()); row++) {
                    System.arraycopy(values, place(blocks, i, row), stored, count * BLOCK_BYTES + row * WeightBlocks.COLUMNS,
                            blocks.columnsOf(i % blocks.groups()));
                }
                count++;
            }
        }
        return Tensor.of(List.of(count, WeightBlocks.ROWS, WeightBlocks.COLUMNS), Arrays.copyOf(stored, count * BLOCK_BYTES));
    }

    /** Where a row of a block begins in the whole matrix. */
    private static int place(WeightBlocks blocks, int block, int row) {
        return (blocks.firstRow(block / blocks.groups()) + row) * blocks.columns()
                + block % blocks.groups() * WeightBlocks.COLUMNS;
    }

    private static Tensor whole(Matrix matrix, Tensor mask, Tensor stored) {
        WeightBlocks blocks = matrix.blocks();
        require(mask.type() == DataType.U8 && mask.shape().equals(List.of(blocks.blockRows(), maskBytes(blocks))),
                "tensor " + matrix.name() + KEPT + " is " + mask.type() + mask.shape() + " but the network needs U8["
                        + blocks.blockRows() + ", " + maskBytes(blocks) + "]");
        byte[] bits = mask.toBytes();
        int count = 0;
        for (byte b : bits) {
            count += Integer.bitCount(b & 0xFF);
        }
        require(stored.type() == DataType.I8
                        && stored.shape().equals(List.of(count, WeightBlocks.ROWS, WeightBlocks.COLUMNS)),
                "tensor " + matrix.name() + BLOCKS + " is " + stored.type() + stored.shape() + " but " + count
                        + " blocks of 16 x 4 are kept");
        require(enough(blocks, count), "tensor " + matrix.name() + " keeps " + count + " of " + blocks.count()
                + " blocks; one in 64 is the least");
        byte[] values = stored.toBytes();
        byte[] whole = new byte[4 * blocks.units() * blocks.columns()];
        int from = 0;
        for (int i = 0; i < blocks.count(); i++) {
            int group = i % blocks.groups();
            if ((bits[i / blocks.groups() * maskBytes(blocks) + group / 8] >> group % 8 & 1) != 0) {
                for (int row = 0; row < blocks.rowsOf(i / blocks.groups()); row++) {
                    System.arraycopy(values, from * BLOCK_BYTES + row * WeightBlocks.COLUMNS, whole, place(blocks, i, row),
                            blocks.columnsOf(group));
                }
                from++;
            }
        }
        // What was made of it must make the same again: no bits or weights where there are none, no blocks of zeros.
        boolean[] kept = blocks.kept(whole);
        require(blocks.worthwhile(kept) && mask(blocks, kept).data().mismatch(mask.data()) == -1
                        && blocks(blocks, kept, whole).data().mismatch(stored.data()) == -1,
                "tensor " + matrix.name() + " is not stored as a block-sparse matrix should be");
        return Tensor.of(List.of(4 * blocks.units(), blocks.columns()), whole);
    }
}
