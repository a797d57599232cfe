package dev.adze.tensorrt;

import dev.adze.runtime.backend.tensorrt.TensorRtLibrary.Context;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;

/** An engine's use by the numbers of its tensors, which TensorRT 8.4 and 8.5 both have. */
final class Execution implements Context {
    private final ICudaEngine engine;
    private final IExecutionContext context;
    private final Log log;
    private final Owned owned;
    private final LongPointer addresses;

    Execution(ICudaEngine engine, IExecutionContext context, Log log, Owned owned) {
        this.engine = engine;
        this.context = context;
        this.log = log;
        this.owned = owned;
        addresses = new LongPointer(engine.getNbBindings());
    }

    @Override
    public void bind(String port, long address) {
        int index = engine.getBindingIndex(port);
        log.require(index >= 0, "find " + port);
        addresses.put(index, address);
    }

    @Override
    public void enqueue(long stream) {
        log.require(context.enqueueV2((Pointer) addresses, new CUstream_st(new Address(stream)), (CUevent_st) null),
                "run an engine");
    }

    @Override
    public void close() {
        addresses.close();
        owned.close();
    }

    private static final class Address extends Pointer {
        Address(long value) {
            address = value;
        }
    }
}
