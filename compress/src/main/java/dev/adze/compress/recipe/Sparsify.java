package dev.adze.compress.recipe;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;

/**
 * What is taken out of the distilled student before it is quantized, under the distillation's objective.
 *
 * @param units        share of every layer's hidden units that is removed, [0, 1)
 * @param rank         of the matrices that read a layer's hidden values, as a share of its units; 0 for whole matrices
 * @param blocks       share of every layer's blocks of weights that become zero, [0, 1)
 * @param epochs       of each: of the way to fewer units, of the healing without them, of the way to zero blocks
 * @param learningRate the peak of each
 * @param groupLasso   weight of the units' norms in the loss on the way to fewer
 */
public record Sparsify(double units, double rank, double blocks, int epochs, double learningRate, double groupLasso) {
    /** Whether anything is taken out. */
    public boolean asked() {
        return units > 0 || rank > 0 || blocks > 0;
    }

    /** @throws AdzeException USAGE for students that it cannot be taken out of */
    void requireFitting(Recipe recipe) {
        if (!asked()) {
            return;
        }
        boolean plain = Presets.network(recipe.student(), 1, 1).layers().stream().allMatch(l -> l instanceof Lstm || l instanceof Dense);
        if (!plain) {
            throw new AdzeException(AdzeException.Kind.USAGE, "sparsify takes hidden units and blocks out of plain LSTM layers, and the"
                    + " student has others; leave sparsify out or take an architecture of plain LSTM layers");
        }
        long dense = Presets.network(recipe.student(), 1, 1).layers().stream().filter(l -> l instanceof Dense).count();
        if (units > 0 && dense > 1) {
            throw new AdzeException(AdzeException.Kind.USAGE, "sparsify.units cuts hidden units out of LSTM layers below a single dense"
                    + " layer, and the student has one more before its output; leave that out or set sparsify.units: 0");
        }
        if (rank > 0 && blocks > 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, "sparsify.rank makes LSTM layers with a projection, which have no block-sparse"
                    + " form; set sparsify.blocks: 0 or sparsify.rank: 0");
        }
        if (rank > 0 && dense > 1) {
            throw new AdzeException(AdzeException.Kind.USAGE, "sparsify.rank factorises LSTM layers below a single dense layer, and the"
                    + " student has one more before its output; leave that out or set sparsify.rank: 0");
        }
        if (blocks > 0 && !recipe.quantize().precisions().contains("int8")) {
            throw new AdzeException(AdzeException.Kind.USAGE, "sparsify.blocks saves something in int8 alone, which stores no zero"
                    + " blocks; add int8 to quantize.precisions or set sparsify.blocks: 0");
        }
    }
}
