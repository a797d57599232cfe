package dev.adze.runtime.backend.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.cuda.GpuDevice;
import dev.adze.runtime.backend.cuda.GpuResources;
import java.lang.foreign.MemorySegment;

/**
 * An engine with memory for its inputs and outputs, on the GPU and page-locked on the host, in one block each. In the block
 * of a {@link EngineForm#CELL}'s inputs the states lie as in that of the outputs, so that one copy hands them on.
 */
final class EngineCall {
    /** What TensorRT wants of addresses. */
    private static final long ALIGNMENT = 256;

    private final GpuDevice device;
    private final TensorRtLibrary.Context context;
    private final EngineGraph graph;
    private final long stream;
    private final long features;
    private final long inputStates;
    private final long outputs;
    private final long statesBytes;
    private final long scaledBytes;
    private final MemorySegment hostFeatures;
    private final MemorySegment hostOutputs;
    /** 0 where the driver cannot capture the engine; its work is then put into the stream each time. */
    private final long recorded;

    EngineCall(GpuDevice device, EngineStore.Loaded loaded, GpuResources resources, long stream) {
        this.device = device;
        this.graph = loaded.graph();
        this.stream = stream;
        TensorRtLibrary.Context theContext = loaded.engine().newContext(); // what gives back must not hold on to the call
        context = theContext;
        resources.add(theContext::close);
        long featureBytes = 4L * graph.inputs().getFirst().elements();
        scaledBytes = aligned(4L * graph.outputs().getFirst().elements());
        statesBytes = graph.states().stream().mapToLong(state -> aligned(4L * state.elements())).sum();
        boolean takesState = graph.inputs().size() > 1;
        features = resources.device(aligned(featureBytes));
        inputStates = takesState ? resources.device(statesBytes) : 0;
        outputs = resources.device(scaledBytes + statesBytes);
        hostFeatures = resources.host(featureBytes);
        hostOutputs = resources.host(scaledBytes + statesBytes);
        hostOutputs.fill((byte) 0);
        context.bind(EngineGraph.FEATURES, features);
        context.bind(EngineGraph.SCALED, outputs);
        long at = 0;
        for (EngineGraph.Port state : graph.states()) {
            if (takesState) {
                context.bind(state.name(), inputStates + at);
            }
            context.bind(state.name() + EngineGraph.NEXT, outputs + scaledBytes + at);
            at += aligned(4L * state.elements());
        }
        if (takesState) {
            setDeviceState();
        }
        recorded = record(resources);
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    /** TensorRT settles some things in the first call, which must not be recorded. */
    private long record(GpuResources resources) {
        hostFeatures.fill((byte) 0);
        MemorySegment before = MemorySegment.ofArray(hostOutputs.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        work();
        device.synchronize(stream);
        hostOutputs.copyFrom(before);
        if (inputStates != 0) {
            setDeviceState();
        }
        try {
            GpuDevice theDevice = device;
            long graphHandle = device.capture(stream, this::work);
            resources.add(() -> theDevice.destroyGraph(graphHandle));
            return graphHandle;
        } catch (AdzeException e) {
            return 0; // loops of some versions cannot be captured; whatever else is wrong shows in the first call
        }
    }

    private void work() {
        device.toDevice(features, hostFeatures, hostFeatures.byteSize(), stream);
        context.enqueue(stream);
        if (inputStates != 0) {
            device.copy(inputStates, outputs + scaledBytes, statesBytes, stream);
        }
        device.toHost(hostOutputs, outputs, hostOutputs.byteSize(), stream);
    }

    boolean captured() {
        return recorded != 0;
    }

    /** Where the next call's features are to be written, {@code [steps, inputSize]} floats. */
    MemorySegment features() {
        return hostFeatures;
    }

    /** Computes; the state after is that before the next call. */
    void run() {
        if (captured()) {
            device.launchGraph(recorded, stream);
        } else {
            work();
        }
        device.synchronize(stream);
    }

    void output(float[] target) {
        MemorySegment.copy(hostOutputs, JAVA_FLOAT, 0, target, 0, graph.outputs().getFirst().elements());
    }

    /** After the last call, or the last set. */
    void state(float[] target) {
        int at = 0;
        long place = scaledBytes;
        for (EngineGraph.Port state : graph.states()) {
            MemorySegment.copy(hostOutputs, JAVA_FLOAT, place, target, at, state.elements());
            at += state.elements();
            place += aligned(4L * state.elements());
        }
    }

    /** Of a {@link EngineForm#CELL}. */
    void setState(float[] source) {
        int at = 0;
        long place = scaledBytes;
        for (EngineGraph.Port state : graph.states()) {
            MemorySegment.copy(source, at, hostOutputs, JAVA_FLOAT, place, state.elements());
            at += state.elements();
            place += aligned(4L * state.elements());
        }
        setDeviceState();
    }

    private void setDeviceState() {
        device.toDevice(inputStates, hostOutputs.asSlice(scaledBytes, statesBytes), statesBytes, stream);
        device.synchronize(stream);
    }
}
