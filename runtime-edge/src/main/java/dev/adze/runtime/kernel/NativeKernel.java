package dev.adze.runtime.kernel;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.FeedForwardLayer;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.Residual;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Objects;

/** The fastest kernel: the C library, in one of its tiers. One call computes a whole step of all layers. */
final class NativeKernel implements Kernel {
    private final int tier;
    private final String tierName;
    private final Skipping skipping;

    /** @throws AdzeException UNAVAILABLE if there is no library, or this processor or this build cannot run the tier */
    NativeKernel(String tierName, Skipping skipping) {
        this.tierName = tierName;
        this.skipping = skipping;
        tier = NativeLibrary.handles().tiers().indexOf(tierName);
        if (tier < 0) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "the native tier " + tierName
                    + " cannot run here; these can: " + String.join(", ", usableTiers()));
        }
    }

    /** The tiers that work here, from the plainest to the fastest. */
    static List<String> usableTiers() {
        return NativeLibrary.handles().tiers().stream().filter(Objects::nonNull).toList();
    }

    @Override
    public String name() {
        return "native-" + tierName;
    }

    @Override
    public String obstacle(NetworkTensors tensors) {
        for (Layer layer : tensors.network().layers()) {
            boolean runs = switch (layer) {
                case Lstm _, Dense _ -> true;
                case LstmVariant _, ProjectedLstm _, Gru _, MinimalGate _, Bidirectional _, Residual _, MeanPooling _, AttentionPooling _, FeedForwardLayer _ -> false;
            };
            if (!runs) {
                return "the native kernel has no " + layer.kind() + " layer";
            }
        }
        return null;
    }

    NativeKernel with(Skipping other) {
        return new NativeKernel(tierName, other);
    }

    @Override
    public boolean sharesSteps() {
        return true;
    }

    @Override
    public StepProgram compile(NetworkTensors tensors, Arena arena) {
        return compile(tensors, arena, Threads.one());
    }

    @Override
    public StepProgram compile(NetworkTensors tensors, Arena arena, Threads threads) {
        return ThreadTrial.choose(new NativeCompiler(tensors, arena, skipping).compile(tier), threads, arena).withCrew();
    }
}
