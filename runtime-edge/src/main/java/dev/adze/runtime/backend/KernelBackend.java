package dev.adze.runtime.backend;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One of our own kernels. */
record KernelBackend(KernelChoice choice) implements Backend {
    /** Those that work here, the one expected to be fastest first; the reference kernel, which works everywhere, last. */
    static List<Backend> here() {
        var names = new ArrayList<String>();
        var backends = new ArrayList<Backend>();
        for (KernelChoice choice : choices()) {
            if (!names.contains(choice.name())) {
                names.add(choice.name());
                backends.add(new KernelBackend(choice));
            }
        }
        return backends;
    }

    private static List<KernelChoice> choices() {
        var choices = new ArrayList<>(List.of(KernelChoice.best()));
        if (KernelChoice.vectorIsFast()) {
            choices.add(KernelChoice.vector());
        }
        choices.add(KernelChoice.scalar());
        return choices;
    }

    @Override
    public String name() {
        return choice.name();
    }

    @Override
    public Optional<String> obstacle(ModelSource model) {
        return Optional.empty();
    }

    @Override
    public String identity(ModelSource model) {
        return name() + " of Java " + Runtime.version();
    }

    @Override
    public CompiledNetwork compile(ModelSource model) {
        return CompiledNetwork.compile(model.bundle().weights(), choice);
    }
}
