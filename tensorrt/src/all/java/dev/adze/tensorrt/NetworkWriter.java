package dev.adze.tensorrt;

import dev.adze.runtime.backend.tensorrt.EngineGraph;
import dev.adze.runtime.backend.tensorrt.Op;
import dev.adze.runtime.backend.tensorrt.Op.ElementType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.tensorrt.global.nvinfer.ActivationType;
import org.bytedeco.tensorrt.global.nvinfer.DataType;
import org.bytedeco.tensorrt.global.nvinfer.ElementWiseOperation;
import org.bytedeco.tensorrt.global.nvinfer.LoopOutput;
import org.bytedeco.tensorrt.global.nvinfer.MatrixOperation;
import org.bytedeco.tensorrt.global.nvinfer.TripLimit;
import org.bytedeco.tensorrt.nvinfer.IConcatenationLayer;
import org.bytedeco.tensorrt.nvinfer.ILayer;
import org.bytedeco.tensorrt.nvinfer.ILoop;
import org.bytedeco.tensorrt.nvinfer.ILoopOutputLayer;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IRecurrenceLayer;
import org.bytedeco.tensorrt.nvinfer.IShuffleLayer;
import org.bytedeco.tensorrt.nvinfer.ITensor;
import org.bytedeco.tensorrt.nvinfer.Weights;

/** Writes a graph's operators into a network, one layer each. Keeps the constants' memory until it is closed. */
final class NetworkWriter implements AutoCloseable {
    private final Log log;
    private final Map<String, ITensor> tensors = new HashMap<>();
    private final Map<String, ElementType> types = new HashMap<>();
    private final Set<ElementType> used = EnumSet.noneOf(ElementType.class);
    private final List<Pointer> memory = new ArrayList<>();
    private INetworkDefinition network;

    NetworkWriter(Log log) {
        this.log = log;
    }

    /** Element types that occur. */
    Set<ElementType> types() {
        return used;
    }

    void write(EngineGraph graph, INetworkDefinition definition) {
        network = definition;
        for (EngineGraph.Port port : graph.inputs()) {
            put(port.name(), log.require(network.addInput(port.name(), DataType.kFLOAT,
                    Shape.of(List.of(port.rows(), port.columns()))), "take the input " + port.name()), ElementType.FP32);
        }
        graph.ops().forEach(this::add);
        for (EngineGraph.Port port : graph.outputs()) {
            ITensor tensor = tensors.get(port.name());
            tensor.setName(port.name());
            network.markOutput(tensor);
            Typing.output(tensor);
        }
    }

    private void put(String name, ITensor tensor, ElementType type) {
        tensors.put(name, tensor);
        types.put(name, type);
        used.add(type);
    }

    private ITensor get(String name) {
        ITensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("the graph has no " + name);
        }
        return tensor;
    }

    /** A layer of one result, which is computed in that type. */
    private void computed(String name, ILayer layer, ElementType type) {
        log.require(layer, "take " + name);
        layer.setName(name);
        Typing.computed(layer, type);
        put(name, layer.getOutput(0), type);
    }

    /** A layer whose result has the type that it says itself. */
    private <T extends ILayer> T plain(String name, T layer, ElementType type) {
        log.require(layer, "take " + name);
        layer.setName(name);
        put(name, layer.getOutput(0), type);
        return layer;
    }

    private void add(Op op) {
        switch (op) {
            case Op.Constant c -> constant(c);
            case Op.Product p -> computed(p.name(), network.addMatrixMultiply(get(p.a()), MatrixOperation.kNONE, get(p.b()),
                    MatrixOperation.kTRANSPOSE), types.get(p.a()));
            case Op.Elementwise e -> computed(e.name(), network.addElementWise(get(e.a()), get(e.b()), switch (e.kind()) {
                case SUM -> ElementWiseOperation.kSUM;
                case PRODUCT -> ElementWiseOperation.kPROD;
                case DIFFERENCE -> ElementWiseOperation.kSUB;
            }), types.get(e.a()));
            case Op.Activation a -> computed(a.name(), network.addActivation(get(a.a()), switch (a.function()) {
                case SIGMOID -> ActivationType.kSIGMOID;
                case TANH -> ActivationType.kTANH;
                case RELU -> ActivationType.kRELU;
            }), types.get(a.a()));
            case Op.Slice s -> computed(s.name(), network.addSlice(get(s.a()), Shape.of(s.start()), Shape.of(s.size()),
                    Shape.of(s.size().stream().map(_ -> 1).toList())), types.get(s.a()));
            case Op.Reshape r -> {
                IShuffleLayer layer = log.require(network.addShuffle(get(r.a())), "take " + r.name());
                layer.setReshapeDimensions(Shape.of(r.shape()));
                computed(r.name(), layer, types.get(r.a()));
            }
            case Op.Join j -> {
                var parts = new PointerPointer<ITensor>(j.parts().stream().map(this::get).toArray(ITensor[]::new));
                IConcatenationLayer layer = log.require(network.addConcatenation(parts, j.parts().size()), "take " + j.name());
                layer.setAxis(0);
                computed(j.name(), layer, types.get(j.parts().getFirst()));
            }
            case Op.Cast c -> plain(c.name(), Casts.to(network, get(c.a()), dataType(c.type())), c.type());
            case Op.Quantize q -> {
                var layer = plain(q.name(), Typing.quantize(network, get(q.a()), get(q.scale()), dataType(q.type())), q.type());
                if (q.axis() >= 0) {
                    layer.setAxis(q.axis());
                }
            }
            case Op.Dequantize d -> {
                var layer = plain(d.name(), Typing.dequantize(network, get(d.a()), get(d.scale())), ElementType.FP32);
                if (d.axis() >= 0) {
                    layer.setAxis(d.axis());
                }
            }
            case Op.Loop loop -> loop(loop);
        }
    }

    private static DataType dataType(ElementType type) {
        return switch (type) {
            case FP32 -> DataType.kFLOAT;
            case FP16 -> DataType.kHALF;
            case INT8 -> DataType.kINT8;
            case FP8 -> Typing.fp8();
        };
    }

    private void constant(Op.Constant c) {
        Pointer values = switch (c.type()) {
            case FP32 -> new FloatPointer(c.values());
            case FP16 -> halves(c.values());
            case INT8, FP8 -> throw new IllegalArgumentException("constants are single or half, not " + c.type());
        };
        plain(c.name(), network.addConstant(Shape.of(c.shape()), weights(dataType(c.type()), values, c.values().length)),
                c.type());
    }

    private static ShortPointer halves(float[] values) {
        short[] halves = new short[values.length];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = Float.floatToFloat16(values[i]);
        }
        return new ShortPointer(halves);
    }

    private Weights weights(DataType type, Pointer values, long count) {
        var weights = new Weights().type(type).values(values).count(count);
        memory.add(values);
        memory.add(weights);
        return weights;
    }

    private void loop(Op.Loop loop) {
        ITensor steps = log.require(network.addConstant(Shape.of(List.of()), weights(DataType.kINT32,
                new IntPointer(new int[] {loop.steps()}), 1)), "take " + loop.name()).getOutput(0);
        ILoop boundary = log.require(network.addLoop(), "take " + loop.name());
        boundary.addTripLimit(steps, TripLimit.kCOUNT);
        loop.slices().forEach(slice -> plain(slice.name(), boundary.addIterator(get(slice.source()), 0, false),
                types.get(slice.source())));
        var recurrences = new HashMap<String, IRecurrenceLayer>();
        loop.recurrences().forEach(r -> recurrences.put(r.name(), plain(r.name(), boundary.addRecurrence(get(r.initial())),
                types.get(r.initial()))));
        loop.body().forEach(this::add);
        loop.recurrences().forEach(r -> recurrences.get(r.name()).setInput(1, get(r.next())));
        for (Op.LoopResult result : loop.results()) {
            ILoopOutputLayer layer = plain(result.name(), boundary.addLoopOutput(get(result.inner()),
                    result.last() ? LoopOutput.kLAST_VALUE : LoopOutput.kCONCATENATE, 0), types.get(result.inner()));
            if (!result.last()) {
                layer.setInput(1, steps);
            }
        }
    }

    @Override
    public void close() {
        memory.forEach(Pointer::close);
    }
}
