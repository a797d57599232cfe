package dev.adze.compress.pipeline;

import dev.adze.compress.quantize.StepSizes;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Precision;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The learned steps of a finished training in its step folder. @param file JSON; floats keep every bit */
record StepSizesFile(Path file) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** @param before validation metric of post-training quantization */
    record Content(StepSizes steps, double before) {}

    private record Stored(double before, Map<String, float[]> steps) {}

    void write(StepSizes steps, double before) {
        RunFolder.write(file, JSON.writeValueAsBytes(new Stored(before, new LinkedHashMap<>(steps.byTensor()))));
    }

    Content read(Precision precision) {
        try {
            Stored stored = JSON.readValue(file.toFile(), Stored.class);
            return new Content(new StepSizes(precision, stored.steps()), stored.before());
        } catch (JacksonException | NullPointerException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "step sizes " + file
                    + " are damaged or missing: delete the folder they lie in to train again", e);
        }
    }
}
