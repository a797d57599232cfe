package dev.adze.runtime.kernel;

import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.NetworkTensors;

/**
 * Softmax attention summed up as the steps come (Milakov and Gimelshein 2018): state is the sum of weights, the largest
 * score so far, by which all weights are scaled, and the weighted sum.
 */
record AttentionPoolingLayer(AttentionPooling pooling, float[] weight, float[] bias, float[] query)
        implements CompiledLayer {

    static AttentionPoolingLayer compile(AttentionPooling pooling, NetworkTensors tensors, int layer) {
        return new AttentionPoolingLayer(pooling, tensors.get(layer, "weight").toFloats(),
                tensors.get(layer, "bias").toFloats(), tensors.get(layer, "query").toFloats());
    }

    @Override
    public LayerStep newStep(Signal input) {
        return new PoolingStep(input, pooling.stateSize()) {
            @Override
            void step() {
                float score = score(input);
                boolean first = state[0] == 0;
                float largest = first ? score : Math.max(state[1], score);
                float kept = first ? 0 : ScalarMath.exp(state[1] - largest);
                float added = ScalarMath.exp(score - largest);
                state[0] = Math.fma(state[0], kept, added);
                state[1] = largest;
                for (int k = 0; k < input.size; k++) {
                    state[2 + k] = Math.fma(state[2 + k], kept, added * input.values[k]);
                    output.values[k] = state[2 + k] / state[0];
                }
            }
        };
    }

    private float score(Signal input) {
        float score = 0;
        for (int a = 0; a < query.length; a++) {
            float sum = bias[a];
            for (int k = 0; k < input.size; k++) {
                sum = Math.fma(weight[a * input.size + k], input.values[k], sum);
            }
            score = Math.fma(query[a], ScalarMath.tanh(sum), score);
        }
        return score;
    }
}
