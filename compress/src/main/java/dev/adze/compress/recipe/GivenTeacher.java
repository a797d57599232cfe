package dev.adze.compress.recipe;

import dev.adze.runtime.AdzeException;
import java.util.Locale;

/**
 * A teacher that was trained elsewhere; the keys lie beside the trained teacher's in the file.
 *
 * @param from       its file, from the recipe's folder; empty: the teacher is trained here
 * @param inputs     what it reads
 * @param outputs    what its numbers mean
 * @param layout     how its input tensor holds windows
 * @param output     name of its output, where an ONNX file has several; empty: the first
 * @param activation between the dense layers of a state_dict or of Keras weights alone, which do not tell: {@code relu}, {@code tanh}, {@code none}
 * @param examples   a safetensors file of inputs and the outputs that the teacher's own engine gave; empty for none
 */
public record GivenTeacher(String from, Reads inputs, Gives outputs, Layout layout, String output, String activation,
        String examples) {
    /** AUTO: what the file's own Adze manifest says, else the recipe's features. */
    public enum Reads { AUTO, FEATURES, RAW }

    /** AUTO: what the file's own Adze manifest says, else scaled as the recipe scales, logits for classes. */
    public enum Gives { AUTO, SCALED, PHYSICAL, PROBABILITIES }

    /** AUTO: the first that the file's shape allows, in this order. */
    public enum Layout { AUTO, BATCH_STEPS_FEATURES, STEPS_BATCH_FEATURES, BATCH_FEATURES_STEPS, BATCH_FLAT }

    /** By the file's ending. */
    public enum Format {
        BUNDLE, STATE_DICT, KERAS, ONNX, TORCHSCRIPT;

        /** Whether it only answers: nothing of what it computes on the way can be seen. */
        public boolean closed() {
            return this == ONNX || this == TORCHSCRIPT;
        }
    }

    /** Whether the recipe names one. */
    public boolean present() {
        return !from.isEmpty();
    }

    /** @throws AdzeException USAGE for an ending that tells nothing */
    public Format format() {
        String ending = from.substring(from.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (ending) {
            case "adze" -> Format.BUNDLE;
            case "safetensors" -> Format.STATE_DICT;
            case "keras", "h5" -> Format.KERAS;
            case "onnx" -> Format.ONNX;
            case "pt", "pth", "ts", "torchscript" -> Format.TORCHSCRIPT;
            default -> throw usage("teacher.from: " + from + " has an unknown ending; .onnx, .safetensors (a PyTorch"
                    + " state_dict), .keras and .weights.h5, .pt (TorchScript) and .adze are read");
        };
    }

    /** @throws AdzeException USAGE for settings that ask of a given teacher what it cannot give */
    void requireFitting(Recipe recipe) {
        if (!present()) {
            return;
        }
        Format format = format();
        var stage = recipe.teacher();
        require(stage.preset().equals("custom") && stage.layers() == 0 && stage.hiddenSize() == 0,
                "teacher.from names a trained model: leave out teacher.preset, layers and hiddenSize");
        var distill = recipe.distill();
        require(distill.ensemble() == 1, "distill.ensemble trains teachers of other seeds, and teacher.from names one that is"
                + " trained; set distill.ensemble: 1");
        if (format.closed()) {
            String why = " needs the teacher's hidden states or weights, and " + from + " only gives its outputs; set it to ";
            require(distill.hintWeight() == 0, "distill.hintWeight" + why + "0");
            require(distill.cellHintWeight() == 0, "distill.cellHintWeight" + why + "0");
            require(distill.attentionWeight() == 0, "distill.attentionWeight" + why + "0");
            require(distill.init() == dev.adze.compress.distill.DistillSpec.Init.RANDOM, "distill.init" + why + "random");
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw usage(message);
        }
    }

    private static AdzeException usage(String message) {
        return new AdzeException(AdzeException.Kind.USAGE, message);
    }
}
