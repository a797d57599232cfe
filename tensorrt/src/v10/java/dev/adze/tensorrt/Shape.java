package dev.adze.tensorrt;

import java.util.List;
import org.bytedeco.tensorrt.nvinfer.Dims64;

/** Extents as TensorRT 10 has them. */
final class Shape {
    private Shape() {}

    static Dims64 of(List<Integer> extents) {
        var shape = new Dims64();
        shape.nbDims(extents.size());
        for (int i = 0; i < extents.size(); i++) {
            shape.d(i, extents.get(i));
        }
        return shape;
    }
}
