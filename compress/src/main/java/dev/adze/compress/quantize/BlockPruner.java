package dev.adze.compress.quantize;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.WeightBlocks;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Magnitude pruning by blocks of 16 units x 4 columns ({@link WeightBlocks}): the blocks of an LSTM layer that have the
 * smallest mean squares become zero (blocks at the ends of a gate are smaller, and are not to go for that). The matrix of a real-valued input (the first layer's) stays whole, as its magnitudes do not
 * compare with those of matrices that see hidden values.
 */
public final class BlockPruner {
    private record Block(float[] matrix, WeightBlocks blocks, int index, double meanSquare) {}

    private BlockPruner() {}

    /** @param share of the blocks that may be pruned, 0 to 1, layer by layer, rounded down */
    public static Weights prune(Weights weights, double share) {
        RecurrentNetwork network = weights.network();
        var pruned = new LinkedHashMap<String, float[]>();
        weights.tensors().forEach((name, values) -> pruned.put(name, values.clone()));
        for (int i = 0; i < network.layers().size(); i++) {
            if (network.layers().get(i) instanceof Lstm lstm) {
                List<Block> blocks = new ArrayList<>();
                add(blocks, pruned.get(RecurrentNetwork.tensorName(i, "weight_hh")), lstm, lstm.hiddenSize());
                if (i > 0 && network.layers().get(i - 1).bounded()) {
                    add(blocks, pruned.get(RecurrentNetwork.tensorName(i, "weight_ih")), lstm, lstm.inputSize());
                }
                blocks.sort(Comparator.comparingDouble(Block::meanSquare));
                blocks.subList(0, (int) (share * blocks.size())).forEach(block -> visit(block.matrix(), block.blocks(),
                        block.index(), at -> block.matrix()[at] = 0));
            }
        }
        return new Weights(network, pruned);
    }

    private static void add(List<Block> list, float[] matrix, Lstm lstm, int columns) {
        var blocks = new WeightBlocks(lstm.hiddenSize(), columns);
        for (int index = 0; index < blocks.count(); index++) {
            double[] squares = {0};
            visit(matrix, blocks, index, at -> squares[0] += (double) matrix[at] * matrix[at]);
            int size = blocks.rowsOf(index / blocks.groups()) * blocks.columnsOf(index % blocks.groups());
            list.add(new Block(matrix, blocks, index, squares[0] / size));
        }
    }

    private static void visit(float[] matrix, WeightBlocks blocks, int index, java.util.function.IntConsumer place) {
        int blockRow = index / blocks.groups();
        int group = index % blocks.groups();
        for (int row = 0; row < blocks.rowsOf(blockRow); row++) {
            for (int k = 0; k < blocks.columnsOf(group); k++) {
                place.accept((blocks.firstRow(blockRow) + row) * blocks.columns() + group * WeightBlocks.COLUMNS + k);
            }
        }
    }
}
