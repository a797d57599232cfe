package dev.adze.agent.cli;

import dev.adze.profiles.Profile;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.backend.FastestModel;
import dev.adze.runtime.backend.FastestModel.Choice;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.Threads;
import dev.adze.runtime.session.EdgeModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A bundle on the engine that the profile asks for: one kind of kernel, or, with {@code auto}, whichever engine of this
 * machine measures fastest, the others standing by.
 *
 * @param choice      lines that tell how the engine was chosen; none where the profile names it
 * @param warmsItself whether its kernel is warmed up without anyone's help
 */
record AgentModel(EdgeModel model, List<String> choice, AutoCloseable owner, boolean warmsItself) implements AutoCloseable {
    /** @param notes is told one line when an engine breaks and another takes over */
    static AgentModel open(Profile profile, Path bundle, Consumer<String> notes) {
        // Several threads a step are our own kernels' affair: engines that share the choice compute on the caller's.
        if (profile.runtime().kernel() == Profile.Kernel.AUTO && profile.runtime().threads() == 1) {
            return fastest(bundle, Choice.auto(CacheFolder.backends(profile), notes));
        }
        boolean warmsItself = profile.runtime().kernel() == Profile.Kernel.VECTOR && profile.runtime().threads() == 1;
        EdgeModel model = warmsItself ? EdgeModel.openWarming(bundle, kernel(profile), notes)
                : EdgeModel.open(bundle, kernel(profile), threads(profile));
        return new AgentModel(model, List.of(), model, warmsItself);
    }

    /** The fastest by measurement; a cache that takes nothing costs the measuring at the next start, and a line. */
    static AgentModel fastest(Path bundle, Choice choice) {
        FastestModel fastest;
        try {
            fastest = FastestModel.open(bundle, choice);
        } catch (AdzeException e) {
            if (e.kind() != Kind.CANNOT_WRITE) {
                throw e;
            }
            choice.notes().accept("measured engines cannot be remembered: " + e.getMessage());
            fastest = FastestModel.open(bundle, new Choice(choice.percentile(), Optional.empty(), choice.backends(),
                    choice.notes(), choice.nanoTime()));
        }
        return new AgentModel(fastest.model(), fastest.table().describe(), fastest, false);
    }

    /** What computes, for reports. */
    static String kernelText(CompiledNetwork network) {
        int threads = network.threads().count();
        return network.kernel().name() + (threads == 1 ? "" : ", " + threads + " threads a step");
    }

    /** Measured when the model is loaded, as more threads may well be slower. */
    private static Threads threads(Profile profile) {
        Threads threads = Threads.upTo(profile.runtime().threads());
        return profile.runtime().pin() ? threads.onOwnProcessors() : threads;
    }

    /** Our own kernel for it; that which is best here where the profile leaves the choice open. */
    static KernelChoice kernel(Profile profile) {
        return switch (profile.runtime().kernel()) {
            case AUTO -> KernelChoice.best();
            case SCALAR -> KernelChoice.scalar();
            case VECTOR -> KernelChoice.vector();
            case NATIVE -> {
                List<String> tiers = KernelChoice.nativeTiers();
                if (tiers.isEmpty()) {
                    throw new AdzeException(Kind.UNAVAILABLE, profile.origin()
                            + ": runtime.kernel is native, but there is no native library for this machine; set it to auto");
                }
                yield KernelChoice.nativeTier(tiers.getLast());
            }
        };
    }

    @Override
    public void close() {
        switch (owner) {
            case FastestModel fastest -> fastest.close();
            default -> model.close();
        }
    }
}
