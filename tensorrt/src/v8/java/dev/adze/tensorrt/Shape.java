package dev.adze.tensorrt;

import java.util.List;
import org.bytedeco.tensorrt.nvinfer.Dims32;

/** Extents as TensorRT 8 has them. */
final class Shape {
    private Shape() {}

    static Dims32 of(List<Integer> extents) {
        var shape = new Dims32();
        shape.nbDims(extents.size());
        for (int i = 0; i < extents.size(); i++) {
            shape.d(i, extents.get(i));
        }
        return shape;
    }
}
