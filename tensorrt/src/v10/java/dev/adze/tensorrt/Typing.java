package dev.adze.tensorrt;

import dev.adze.runtime.backend.tensorrt.Op.ElementType;
import java.util.Set;
import org.bytedeco.tensorrt.global.nvinfer.DataType;
import org.bytedeco.tensorrt.global.nvinfer.NetworkDefinitionCreationFlag;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IDequantizeLayer;
import org.bytedeco.tensorrt.nvinfer.ILayer;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IQuantizeLayer;
import org.bytedeco.tensorrt.nvinfer.ITensor;

/** Strongly typed: every type follows from the network, and no setting may touch them. */
final class Typing {
    static final boolean STRONG = true;
    static final int NETWORK_FLAGS = 1 << NetworkDefinitionCreationFlag.kSTRONGLY_TYPED.value;

    private Typing() {}

    static void settings(IBuilderConfig config, Set<ElementType> types) {}

    static void computed(ILayer layer, ElementType type) {}

    static void output(ITensor tensor) {}

    static IQuantizeLayer quantize(INetworkDefinition network, ITensor values, ITensor scale, DataType type) {
        return network.addQuantize(values, scale, type);
    }

    static IDequantizeLayer dequantize(INetworkDefinition network, ITensor values, ITensor scale) {
        return network.addDequantize(values, scale, DataType.kFLOAT);
    }

    static DataType fp8() {
        return DataType.kFP8;
    }
}
