package dev.adze.tensorrt;

import org.bytedeco.tensorrt.global.nvinfer.DataType;
import org.bytedeco.tensorrt.nvinfer.ILayer;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.ITensor;

/** TensorRT before 8.5 casts by an identity with another type of result. */
final class Casts {
    private Casts() {}

    static ILayer to(INetworkDefinition network, ITensor value, DataType type) {
        ILayer layer = network.addIdentity(value);
        layer.setOutputType(0, type);
        return layer;
    }
}
