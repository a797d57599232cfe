package dev.adze.runtime.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.StepRunner;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * State and buffers of one session on the GPU. A step is a captured graph with the kernel over one step, reading features
 * from and writing output and state into page-locked memory that both sides see; a window is one launch of the same
 * kernel over all its steps.
 */
final class CudaRunner implements StepRunner {
    private static final int ARGUMENTS = 11;

    private final CudaProgram program;
    private final CudaDriver driver;
    private final GpuResources resources;
    private final Arena arena = Arena.ofAuto();
    private final int inputSize;
    private final int outputSize;
    private final int stateSize;
    private final long stream;
    private final long deviceState;
    private final MemorySegment features;
    private final MemorySegment output;
    private final MemorySegment mirror;
    private final MemorySegment stepParameters;
    private final MemorySegment windowParameters;
    private final MemorySegment windowFeatures;
    private final MemorySegment windowSteps;
    /** 0 where the driver cannot capture the launch; a step is then launched itself. */
    private final long stepGraph;
    private MemorySegment staging;
    private int capacity;

    /** Under the program's monitor, with its context. */
    CudaRunner(CudaProgram program, GpuResources resources) {
        this.program = program;
        this.resources = resources;
        driver = program.driver;
        var network = program.plan.network();
        inputSize = network.inputSize();
        outputSize = network.outputSize();
        stateSize = network.stateSize();
        stream = resources.stream();
        deviceState = resources.device(4L * stateSize);
        long exchange = resources.device(8L * program.plan.units());
        long arrivals = resources.device(8);
        features = resources.host(4L * inputSize);
        output = resources.host(4L * outputSize);
        mirror = resources.host(4L * stateSize);
        driver.zero(arrivals, 8);
        mirror.fill((byte) 0);
        driver.copyToDevice(deviceState, mirror);
        MemorySegment step = arguments(exchange, arrivals, driver.deviceAddress(features), 1, 0);
        MemorySegment window = arguments(exchange, arrivals, 0, 1, 1);
        stepParameters = parameters(step);
        windowParameters = parameters(window);
        windowFeatures = window.asSlice(6 * 8, 8);
        windowSteps = window.asSlice(9 * 8, 4);
        stepGraph = captureStep();
    }

    /** The kernel's arguments, eight bytes each. */
    private MemorySegment arguments(long exchange, long arrivals, long featuresAddress, int steps, int fresh) {
        MemorySegment values = arena.allocate(JAVA_LONG, ARGUMENTS);
        long[] addresses = {program.matrices, program.constants, program.head, deviceState, exchange, arrivals,
            featuresAddress, driver.deviceAddress(output), driver.deviceAddress(mirror)};
        for (int i = 0; i < addresses.length; i++) {
            values.setAtIndex(JAVA_LONG, i, addresses[i]);
        }
        values.set(JAVA_INT, 9 * 8, steps);
        values.set(JAVA_INT, 10 * 8, fresh);
        return values;
    }

    private MemorySegment parameters(MemorySegment arguments) {
        MemorySegment parameters = arena.allocate(ADDRESS, ARGUMENTS);
        for (int i = 0; i < ARGUMENTS; i++) {
            parameters.setAtIndex(ADDRESS, i, arguments.asSlice(8L * i, 8));
        }
        return parameters;
    }

    private long captureStep() {
        try {
            CudaDriver theDriver = driver; // what gives back must not hold on to the runner
            long graph = driver.capture(stream, () -> driver.launch(program.kernel, program.plan, stream, stepParameters));
            resources.add(() -> theDriver.destroyGraph(graph));
            return graph;
        } catch (AdzeException e) {
            return 0; // cooperative launches cannot be captured everywhere; whatever else is wrong shows in the first step
        }
    }

    /** Whether steps run as a graph. */
    boolean captured() {
        return stepGraph != 0;
    }

    @Override
    public void step(float[] values, int offset, float[] target) {
        synchronized (program) {
            advance(values, offset);
            MemorySegment.copy(output, JAVA_FLOAT, 0, target, 0, outputSize);
        }
    }

    /** The dense layers cost little beside a launch, so they are not left out. */
    @Override
    public void advance(float[] values, int offset) {
        synchronized (program) {
            program.enter();
            MemorySegment.copy(values, offset, features, JAVA_FLOAT, 0, inputSize);
            if (captured()) {
                driver.launchGraph(stepGraph, stream);
            } else {
                driver.launch(program.kernel, program.plan, stream, stepParameters);
            }
            driver.synchronize(stream);
        }
    }

    @Override
    public void window(float[] ring, int rowSize, int ringRows, int first, int steps, float[] target) {
        synchronized (program) {
            program.enter();
            reserve(steps);
            int beforeEnd = Math.min(steps, ringRows - first);
            MemorySegment.copy(ring, first * rowSize, staging, JAVA_FLOAT, 0, beforeEnd * rowSize);
            MemorySegment.copy(ring, 0, staging, JAVA_FLOAT, 4L * beforeEnd * rowSize, (steps - beforeEnd) * rowSize);
            windowSteps.set(JAVA_INT, 0, steps);
            driver.copyToDevice(windowFeatures.get(JAVA_LONG, 0), staging, 4L * steps * rowSize, stream);
            driver.launch(program.kernel, program.plan, stream, windowParameters);
            driver.synchronize(stream);
            MemorySegment.copy(output, JAVA_FLOAT, 0, target, 0, outputSize);
        }
    }

    /** Memory for the longest window seen; a shorter one's is given back with the runner. */
    private void reserve(int steps) {
        if (steps > capacity) {
            long bytes = 4L * steps * inputSize;
            staging = resources.host(bytes);
            windowFeatures.set(JAVA_LONG, 0, resources.device(bytes));
            capacity = steps;
        }
    }

    @Override
    public void reset() {
        synchronized (program) {
            program.enter();
            mirror.fill((byte) 0);
            driver.copyToDevice(deviceState, mirror);
        }
    }

    @Override
    public void copyStateTo(float[] state) {
        synchronized (program) {
            program.enter();
            MemorySegment.copy(mirror, JAVA_FLOAT, 0, state, 0, stateSize);
        }
    }

    @Override
    public void copyStateFrom(float[] state) {
        synchronized (program) {
            program.enter();
            MemorySegment.copy(state, 0, mirror, JAVA_FLOAT, 0, stateSize);
            driver.copyToDevice(deviceState, mirror);
        }
    }
}
