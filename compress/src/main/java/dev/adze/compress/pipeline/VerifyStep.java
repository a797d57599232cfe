package dev.adze.compress.pipeline;

import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.session.EdgeModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens a bundle as a device does (container, checksums, weights, golden vectors) with the kernel that a device of
 * this kind would choose, and again with the reference kernel.
 */
public final class VerifyStep {
    private VerifyStep() {}

    /** @return the kernels that gave the golden outputs; throws where one does not */
    public static List<String> verify(Path bundle) {
        var agreed = new ArrayList<String>();
        for (KernelChoice kernel : List.of(KernelChoice.best(), KernelChoice.scalar())) {
            if (!agreed.contains(kernel.name())) {
                try (var model = EdgeModel.open(bundle, kernel)) {
                    agreed.add(model.network().kernel().name());
                }
            }
        }
        return agreed;
    }
}
