package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;

final class RecurrentLayers {
    private RecurrentLayers() {}

    /** Index of the last LSTM layer. @throws AdzeException USAGE if there is none */
    static int last(RecurrentNetwork network) {
        for (int i = network.layers().size() - 1; i >= 0; i--) {
            if (network.layers().get(i) instanceof Lstm) {
                return i;
            }
        }
        throw new AdzeException(AdzeException.Kind.USAGE,
                "the network has no LSTM layer; only recurrent networks are exported");
    }

    static int count(RecurrentNetwork network) {
        return (int) network.layers().stream().filter(Lstm.class::isInstance).count();
    }
}
