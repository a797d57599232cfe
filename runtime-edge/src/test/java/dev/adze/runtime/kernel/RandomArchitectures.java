package dev.adze.runtime.kernel;

import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Networks of every part. */
public final class RandomArchitectures {
    private static final int KINDS = 7;

    private RandomArchitectures() {}

    /** One recurrent layer of each kind. */
    public static List<RecurrentLayer> recurrent(int inputs, int hidden) {
        return List.of(new Lstm(inputs, hidden), new Gru(inputs, hidden), new LstmVariant(inputs, hidden, true, false),
                new LstmVariant(inputs, hidden, false, true), new LstmVariant(inputs, hidden, true, true),
                new ProjectedLstm(inputs, hidden + 1 + inputs % 5, hidden), new MinimalGate(inputs, hidden));
    }

    /** Small networks that together hold every part, each beside every neighbour that matters. */
    public static List<RecurrentNetwork> examples(int inputs, int hidden) {
        List<RecurrentNetwork> networks = new ArrayList<>();
        for (RecurrentLayer layer : recurrent(inputs, hidden)) {
            networks.add(withHead(inputs, layer));
            networks.add(withHead(inputs, new Lstm(inputs, hidden), recurrent(hidden, hidden).get(networks.size() % KINDS)));
            networks.add(withHead(inputs, layer, new Lstm(hidden, hidden + 1)));
            networks.add(withHead(inputs, layer, new MeanPooling(hidden)));
            networks.add(withHead(inputs, new Bidirectional(layer, new Lstm(inputs, hidden + 2)),
                    new Gru(2 * hidden + 2, hidden)));
        }
        for (RecurrentLayer layer : recurrent(hidden, hidden)) {
            networks.add(withHead(inputs, new Gru(inputs, hidden), new Residual(layer), new Lstm(hidden, 3)));
        }
        networks.add(withHead(inputs, new Gru(inputs, hidden), new AttentionPooling(hidden, 7)));
        networks.add(withHead(inputs, new Bidirectional(new Gru(inputs, hidden), new Gru(inputs, hidden)),
                new Residual(new Bidirectional(new Lstm(2 * hidden, hidden), new Gru(2 * hidden, hidden))),
                new AttentionPooling(2 * hidden, 4)));
        networks.add(withHead(inputs, new Convolution(inputs, hidden, 3, 2, Dense.Activation.RELU),
                new Convolution(hidden, 9, 1, 1, Dense.Activation.GELU), new Lstm(9, hidden), new StaticFeatures(hidden, List.of(inputs - 1))));
        networks.add(withHead(inputs, new Convolution(inputs, hidden, 4, 1, Dense.Activation.TANH), new Gru(hidden, hidden),
                new MeanPooling(hidden), new StaticFeatures(hidden, List.of(0))));
        for (int heads : hidden % 2 == 0 ? new int[] {1, 2, hidden} : new int[] {1, hidden}) {
            networks.add(withHead(inputs, new Lstm(inputs, hidden), new SelfAttention(hidden, heads)));
            networks.add(withHead(inputs, new Gru(inputs, hidden), new TransformerLayer(hidden, heads, 2 * hidden + 1),
                    new TransformerLayer(hidden, heads, 3), new AttentionPooling(hidden, 4), new StaticFeatures(hidden, List.of(inputs - 1))));
        }
        return networks;
    }

    /** One to four layers of random kinds and sizes. */
    public static RecurrentNetwork random(Random random, int maxSize) {
        int inputs = random.nextInt(1, maxSize);
        List<Layer> layers = new ArrayList<>();
        int size = inputs;
        int count = random.nextInt(1, 5);
        for (int i = 0; i < count; i++) {
            int hidden = random.nextInt(1, maxSize);
            RecurrentLayer recurrent = recurrent(size, hidden).get(random.nextInt(KINDS));
            layers.add(switch (random.nextInt(9)) {
                case 0 -> new Dense(size, hidden, Dense.Activation.values()[random.nextInt(4)]);
                case 1 -> new Bidirectional(recurrent, recurrent(size, random.nextInt(1, maxSize)).get(random.nextInt(KINDS)));
                case 2 -> new Residual(recurrent(size, size).get(random.nextInt(KINDS)));
                case 3 -> new Convolution(size, hidden, random.nextInt(1, 6), random.nextInt(1, 4), Dense.Activation.values()[random.nextInt(4)]);
                case 4 -> new SelfAttention(size, size % 2 == 0 ? 2 : 1);
                case 5 -> new TransformerLayer(size, size % 3 == 0 ? 3 : 1, hidden);
                default -> recurrent;
            });
            size = layers.getLast().outputSize();
        }
        switch (random.nextInt(4)) {
            case 0 -> layers.add(new MeanPooling(size));
            case 1 -> layers.add(new AttentionPooling(size, random.nextInt(1, maxSize)));
            default -> { }
        }
        layers.add(new Dense(size, 2, Dense.Activation.IDENTITY));
        return new RecurrentNetwork(inputs, layers);
    }

    private static RecurrentNetwork withHead(int inputs, Layer... layers) {
        List<Layer> all = new ArrayList<>(List.of(layers));
        all.add(new Dense(all.getLast().outputSize(), 2, Dense.Activation.IDENTITY));
        return new RecurrentNetwork(inputs, all);
    }
}
