package dev.adze.compress.export;

import dev.adze.runtime.bundle.TaskSpec;
import java.util.List;

/** {@code physical = clip(center + scale * scaled)} as constants of a graph, one place an output; bounds finite. */
record OutputScaling(float[] center, float[] scale, float[] min, float[] max) {
    static OutputScaling of(List<TaskSpec.OutputSpec> outputs) {
        int count = outputs.size();
        var scaling = new OutputScaling(new float[count], new float[count], new float[count], new float[count]);
        for (int i = 0; i < count; i++) {
            TaskSpec.OutputSpec output = outputs.get(i);
            scaling.center[i] = (float) output.center();
            scaling.scale[i] = (float) output.scale();
            scaling.min[i] = (float) Math.max(output.min(), -Float.MAX_VALUE);
            scaling.max[i] = (float) Math.min(output.max(), Float.MAX_VALUE);
        }
        return scaling;
    }
}
