package dev.adze.compress.bench;

import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.preprocess.Preprocessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The inputs of a bundle's golden vectors as the network sees them: real data, where held digits stand still as they do in use. */
final class GoldenFeatures {
    private GoldenFeatures() {}

    /** One golden case after the other, {@code [inputs]} a step. */
    static List<float[]> of(Bundle bundle) {
        List<float[]> features = new ArrayList<>();
        int channels = bundle.manifest().preprocess().channels().size();
        for (GoldenCase golden : bundle.goldenCases()) {
            var preprocessor = new Preprocessor(bundle.manifest().preprocess());
            for (int t = 0; t < golden.steps(); t++) {
                float[] values = new float[bundle.manifest().network().inputSize()];
                preprocessor.apply(Arrays.copyOfRange(golden.inputs(), t * channels, (t + 1) * channels), values);
                features.add(values);
            }
        }
        return features;
    }
}
