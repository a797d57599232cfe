package dev.adze.tensorrt;

import dev.adze.runtime.backend.tensorrt.EngineGraph;
import dev.adze.runtime.backend.tensorrt.TensorRtLibrary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.BuilderFlag;
import org.bytedeco.tensorrt.global.nvinfer.MemoryPoolType;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IRuntime;
import org.bytedeco.tensorrt.nvinfer.ITimingCache;

/** TensorRT through JavaCPP. To be made only after driver, GPU and libraries were found: its classes crash without. */
public final class Pack implements TensorRtLibrary {
    private static final long WORKSPACE_BYTES = 256L << 20;

    private final Log log = new Log();
    private final IRuntime runtime;

    /** Loads the native parts. */
    public Pack() {
        runtime = log.require(nvinfer.createInferRuntime(log), "start");
    }

    @Override
    public boolean stronglyTyped() {
        return Typing.STRONG;
    }

    @Override
    public Built build(EngineGraph graph, byte[] timings) {
        try (var owned = new Owned(); var network = new NetworkWriter(log)) {
            IBuilder builder = owned.add(log.require(nvinfer.createInferBuilder(log), "start building"));
            INetworkDefinition definition = owned.add(log.require(builder.createNetworkV2(Typing.NETWORK_FLAGS), "take networks"));
            network.write(graph, definition);
            IBuilderConfig config = owned.add(log.require(builder.createBuilderConfig(), "take settings"));
            config.setMemoryPoolLimit(MemoryPoolType.kWORKSPACE, WORKSPACE_BYTES);
            config.clearFlag(BuilderFlag.kTF32); // its 10 bits of mantissa are no single precision
            Typing.settings(config, network.types());
            var known = new BytePointer(timings.length == 0 ? new byte[1] : timings);
            ITimingCache cache = owned.add(log.require(config.createTimingCache(known, timings.length), "read the timing cache"));
            log.require(config.setTimingCache(cache, false), "take the timing cache");
            IHostMemory plan = owned.add(log.require(builder.buildSerializedNetwork(definition, config), "build " + graph.name()));
            IHostMemory learnt = owned.add(log.require(cache.serialize(), "write the timing cache"));
            return new Built(bytes(plan), bytes(learnt));
        }
    }

    private static byte[] bytes(IHostMemory memory) {
        byte[] bytes = new byte[Math.toIntExact(memory.size())];
        new BytePointer(memory.data()).get(bytes);
        return bytes;
    }

    @Override
    public Engine load(byte[] plan) {
        var bytes = new BytePointer(plan);
        ICudaEngine engine = log.require(runtime.deserializeCudaEngine(bytes, plan.length), "load an engine");
        bytes.close();
        var owned = new Owned();
        owned.add(engine);
        return new Engine() {
            @Override
            public Context newContext() {
                return context(engine);
            }

            @Override
            public void close() {
                owned.close();
            }
        };
    }

    private Context context(ICudaEngine engine) {
        IExecutionContext context = log.require(engine.createExecutionContext(), "make room for an engine's values");
        var owned = new Owned();
        owned.add(context);
        return new Execution(engine, context, log, owned);
    }
}
