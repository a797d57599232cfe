package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.preprocess.ChannelSpec;
import java.nio.file.Path;
import java.util.List;

/** The held-out part that a recipe's run judges its models on, for a bundle that such a run made. */
public final class HeldOutOfRecipe {
    private HeldOutOfRecipe() {}

    /**
     * @param data folder of the data files, or null for the recipe's own
     * @throws AdzeException USAGE if the recipe's channels or outputs are not the bundle's, and what reading data throws
     */
    public static HeldOut read(RecipeReader.Loaded loaded, Path data, Manifest manifest) {
        return prepare(loaded, data, manifest).heldOut();
    }

    /** What tells a network's error on the recipe's validation part. @throws AdzeException as {@link #read}, and where it scales otherwise */
    public static Requantizer.Validation validation(RecipeReader.Loaded loaded, Path data, Manifest manifest) {
        Prepared prepared = prepare(loaded, data, manifest);
        if (!prepared.preprocess().equals(manifest.preprocess())) {
            throw new AdzeException(AdzeException.Kind.USAGE, "recipe " + loaded.recipe().name() + " scales its data otherwise than the bundle"
                    + " does; name the recipe, with its --set, and the data that the bundle was made with");
        }
        var judge = ValidationJudge.ofSome(prepared.validation(), loaded.recipe().student().train());
        var standing = StandingStill.of(prepared.validation());
        return new Requantizer.Validation() {
            @Override
            public double error(NetworkTensors tensors) {
                return judge.error(tensors);
            }

            @Override
            public double still(NetworkTensors tensors) {
                return standing.share(tensors);
            }
        };
    }

    private static Prepared prepare(RecipeReader.Loaded loaded, Path data, Manifest manifest) {
        Path folder = data != null ? data : loaded.folder().resolve(loaded.recipe().data().folder()).normalize();
        Prepared prepared = new PrepareStep(loaded.recipe(), folder).run();
        String name = loaded.recipe().name();
        require(names(prepared.preprocess().channels()), names(manifest.preprocess().channels()), "channels", name);
        require(prepared.task().outputs().stream().map(o -> o.name()).toList(),
                manifest.task().outputs().stream().map(o -> o.name()).toList(), "outputs", name);
        return prepared;
    }

    private static List<String> names(List<ChannelSpec> channels) {
        return channels.stream().map(ChannelSpec::name).toList();
    }

    private static void require(List<String> recipe, List<String> bundle, String what, String name) {
        if (!recipe.equals(bundle)) {
            throw new AdzeException(AdzeException.Kind.USAGE, "recipe " + name + " has the " + what + " "
                    + String.join(", ", recipe) + " but the bundle has " + String.join(", ", bundle)
                    + "; name the recipe that the bundle was made with");
        }
    }
}
