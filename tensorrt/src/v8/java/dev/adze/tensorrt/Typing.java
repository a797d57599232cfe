package dev.adze.tensorrt;

import dev.adze.runtime.backend.tensorrt.Op.ElementType;
import java.util.Set;
import org.bytedeco.tensorrt.global.nvinfer.BuilderFlag;
import org.bytedeco.tensorrt.global.nvinfer.DataType;
import org.bytedeco.tensorrt.global.nvinfer.NetworkDefinitionCreationFlag;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IDequantizeLayer;
import org.bytedeco.tensorrt.nvinfer.ILayer;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IQuantizeLayer;
import org.bytedeco.tensorrt.nvinfer.ITensor;

/** TensorRT 8 chooses types itself; it is held to ours by constraints on every layer. */
final class Typing {
    static final boolean STRONG = false;
    static final int NETWORK_FLAGS = 1 << NetworkDefinitionCreationFlag.kEXPLICIT_BATCH.value;

    private Typing() {}

    static void settings(IBuilderConfig config, Set<ElementType> types) {
        config.setFlag(BuilderFlag.kOBEY_PRECISION_CONSTRAINTS);
        if (types.contains(ElementType.FP16)) {
            config.setFlag(BuilderFlag.kFP16);
        }
        if (types.contains(ElementType.INT8)) {
            config.setFlag(BuilderFlag.kINT8);
        }
    }

    static void computed(ILayer layer, ElementType type) {
        DataType data = type == ElementType.FP16 ? DataType.kHALF : DataType.kFLOAT;
        layer.setPrecision(data);
        layer.setOutputType(0, data);
    }

    static void output(ITensor tensor) {
        tensor.setType(DataType.kFLOAT);
    }

    static IQuantizeLayer quantize(INetworkDefinition network, ITensor values, ITensor scale, DataType type) {
        return network.addQuantize(values, scale); // to int8 always
    }

    static IDequantizeLayer dequantize(INetworkDefinition network, ITensor values, ITensor scale) {
        return network.addDequantize(values, scale);
    }

    static DataType fp8() {
        throw new IllegalArgumentException("TensorRT 8 has no 8-bit floats");
    }
}
