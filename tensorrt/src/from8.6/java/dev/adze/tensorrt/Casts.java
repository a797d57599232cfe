package dev.adze.tensorrt;

import org.bytedeco.tensorrt.global.nvinfer.DataType;
import org.bytedeco.tensorrt.nvinfer.ILayer;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.ITensor;

/** The operator for it. */
final class Casts {
    private Casts() {}

    static ILayer to(INetworkDefinition network, ITensor value, DataType type) {
        return network.addCast(value, type);
    }
}
