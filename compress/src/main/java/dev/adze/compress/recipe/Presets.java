package dev.adze.compress.recipe;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Named architectures. Parameter counts are for 32 inputs and 1 output; inputs and outputs follow the data. */
public enum Presets {
    /** 11,904,769 parameters. */
    TEACHER_12M("teacher-12m", 3, 768),
    /** 3,839,921 parameters. */
    STUDENT_3_8M("student-3.8m", 2, 560),
    /** The same shape about a hundred times smaller: 113,833 parameters. */
    TEACHER_MINI("teacher-mini", 3, 72),
    /** 34,225 parameters. */
    STUDENT_MINI("student-mini", 2, 48);

    private final String id;
    private final int layers;
    private final int hiddenSize;

    Presets(String id, int layers, int hiddenSize) {
        this.id = id;
        this.layers = layers;
        this.hiddenSize = hiddenSize;
    }

    public String id() {
        return id;
    }

    public int layers() {
        return layers;
    }

    public int hiddenSize() {
        return hiddenSize;
    }

    public RecurrentNetwork network(int inputSize, int outputSize) {
        return RecurrentNetwork.stackedLstm(inputSize, layers, hiddenSize, outputSize);
    }

    public static Presets byId(String id) {
        return Arrays.stream(values()).filter(p -> p.id.equals(id)).findFirst()
                .orElseThrow(() -> new AdzeException(AdzeException.Kind.USAGE, "there is no preset '" + id
                        + "'; the presets are " + Arrays.stream(values()).map(Presets::id)
                                .collect(Collectors.joining(", "))));
    }

    /** The stage's network for the data's shape. */
    public static RecurrentNetwork network(Recipe.Stage stage, int inputSize, int outputSize) {
        return network(stage, inputSize, outputSize, List.of());
    }

    /** @param statics indices of the features that are static */
    public static RecurrentNetwork network(Recipe.Stage stage, int inputSize, int outputSize, List<Integer> statics) {
        return stage.architecture().network(inputSize, layers(stage), hiddenSize(stage), outputSize, statics);
    }

    /** Hidden size of a stage; of an LSTM with a projection, its cells. */
    static int hiddenSize(Recipe.Stage stage) {
        return stage.preset().equals("custom") ? stage.hiddenSize() : byId(stage.preset()).hiddenSize;
    }

    /** Recurrent layers of a stage. */
    static int layers(Recipe.Stage stage) {
        return stage.preset().equals("custom") ? stage.layers() : byId(stage.preset()).layers();
    }
}
