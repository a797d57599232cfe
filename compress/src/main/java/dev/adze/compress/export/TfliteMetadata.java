package dev.adze.compress.export;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.lite.support.metadata.schema.ContentProperties;
import org.tensorflow.lite.support.metadata.schema.ContentPropertiesUnion;
import org.tensorflow.lite.support.metadata.schema.ContentT;
import org.tensorflow.lite.support.metadata.schema.FeaturePropertiesT;
import org.tensorflow.lite.support.metadata.schema.ModelMetadata;
import org.tensorflow.lite.support.metadata.schema.ModelMetadataT;
import org.tensorflow.lite.support.metadata.schema.NormalizationOptionsT;
import org.tensorflow.lite.support.metadata.schema.ProcessUnitOptions;
import org.tensorflow.lite.support.metadata.schema.ProcessUnitOptionsUnion;
import org.tensorflow.lite.support.metadata.schema.ProcessUnitT;
import org.tensorflow.lite.support.metadata.schema.StatsT;
import org.tensorflow.lite.support.metadata.schema.SubGraphMetadataT;
import org.tensorflow.lite.support.metadata.schema.TensorMetadataT;

/**
 * The metadata that TensorFlow Lite's own tools read (buffer {@value #KEY}, schema of tensorflow-lite-metadata): every
 * tensor with its description, the features with the channels' names, units and normalisation, the outputs with units and
 * bounds.
 */
final class TfliteMetadata {
    static final String KEY = "TFLITE_METADATA";

    private TfliteMetadata() {}

    /** @param inputs names in the graph's order, as {@code outputs} */
    static byte[] of(Manifest manifest, List<String> inputs, List<String> outputs) {
        var subgraph = new SubGraphMetadataT();
        subgraph.setName("main");
        subgraph.setInputTensorMetadata(inputs.stream().map(name -> name.equals(TfliteWriter.FEATURES)
                ? features(manifest.preprocess()) : tensor(name, "state before the step; zeros at the start"))
                .toArray(TensorMetadataT[]::new));
        subgraph.setOutputTensorMetadata(outputs.stream().map(name -> switch (name) {
            case TfliteWriter.SCALED -> tensor(name, "outputs in the units that the network was trained on: "
                    + names(manifest.task().outputs()));
            case TfliteWriter.PHYSICAL -> physical(manifest.task().outputs());
            default -> tensor(name, "state after the step");
        }).toArray(TensorMetadataT[]::new));
        var model = new ModelMetadataT();
        model.setName(manifest.name());
        model.setDescription("exported by Adze; the whole description is in the metadata " + TfliteWriter.MANIFEST_KEY);
        model.setVersion("1");
        model.setSubgraphMetadata(new SubGraphMetadataT[] {subgraph});
        var builder = new FlatBufferBuilder(1 << 10);
        ModelMetadata.finishModelMetadataBuffer(builder, ModelMetadata.pack(builder, model));
        return builder.sizedByteArray();
    }

    /** Scaled values, then the averages alpha by alpha, then the validity mask, as the Preprocessor orders them. */
    private static TensorMetadataT features(PreprocessSpec spec) {
        int blocks = 1 + spec.emaAlphas().size();
        int channels = spec.channels().size();
        float[] mean = new float[spec.featureCount()];
        float[] std = new float[spec.featureCount()];
        Arrays.fill(std, 1);
        var words = new ArrayList<String>();
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < channels; i++) {
                ChannelSpec channel = spec.channels().get(i);
                mean[block * channels + i] = (float) channel.center();
                std[block * channels + i] = (float) channel.scale();
                words.add((block == 0 ? "" : "average (alpha " + spec.emaAlphas().get(block - 1) + ") of ")
                        + named(channel.name(), channel.unit()));
            }
        }
        if (spec.validityMask()) {
            spec.channels().forEach(channel -> words.add("whether " + channel.name() + " was measured"));
        }
        TensorMetadataT tensor = tensor(TfliteWriter.FEATURES, "(value - mean) / std of " + String.join(", ", words)
                + "; a missing value repeats the last one for at most " + spec.forwardFillSteps() + " steps, then 0");
        var normalization = new NormalizationOptionsT();
        normalization.setMean(mean);
        normalization.setStd(std);
        var options = new ProcessUnitOptionsUnion();
        options.setType(ProcessUnitOptions.NormalizationOptions);
        options.setValue(normalization);
        var unit = new ProcessUnitT();
        unit.setOptions(options);
        tensor.setProcessUnits(new ProcessUnitT[] {unit});
        if (Double.isFinite(spec.clip())) {
            tensor.setStats(stats(new float[] {(float) -spec.clip()}, new float[] {(float) spec.clip()}));
        }
        return tensor;
    }

    private static TensorMetadataT physical(List<TaskSpec.OutputSpec> outputs) {
        TensorMetadataT tensor = tensor(TfliteWriter.PHYSICAL, names(outputs));
        OutputScaling scaling = OutputScaling.of(outputs);
        tensor.setStats(stats(scaling.min(), scaling.max()));
        return tensor;
    }

    private static StatsT stats(float[] min, float[] max) {
        var stats = new StatsT();
        stats.setMin(min);
        stats.setMax(max);
        return stats;
    }

    private static TensorMetadataT tensor(String name, String description) {
        var properties = new ContentPropertiesUnion();
        properties.setType(ContentProperties.FeatureProperties);
        properties.setValue(new FeaturePropertiesT());
        var content = new ContentT();
        content.setContentProperties(properties);
        var tensor = new TensorMetadataT();
        tensor.setName(name);
        tensor.setDescription(description);
        tensor.setContent(content);
        return tensor;
    }

    private static String names(List<TaskSpec.OutputSpec> outputs) {
        return String.join(", ", outputs.stream().map(o -> named(o.name(), o.unit())).toList());
    }

    private static String named(String name, String unit) {
        return unit.isEmpty() ? name : name + " [" + unit + "]";
    }
}
