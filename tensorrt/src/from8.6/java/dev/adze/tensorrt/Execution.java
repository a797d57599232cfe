package dev.adze.tensorrt;

import dev.adze.runtime.backend.tensorrt.TensorRtLibrary.Context;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;

/** An engine's use by the names of its tensors, as TensorRT has it since 8.5. */
record Execution(ICudaEngine engine, IExecutionContext context, Log log, Owned owned) implements Context {
    @Override
    public void bind(String port, long address) {
        log.require(context.setTensorAddress(port, new Address(address)), "bind " + port);
    }

    @Override
    public void enqueue(long stream) {
        log.require(context.enqueueV3(new CUstream_st(new Address(stream))), "run an engine");
    }

    @Override
    public void close() {
        owned.close();
    }

    private static final class Address extends Pointer {
        Address(long value) {
            address = value;
        }
    }
}
