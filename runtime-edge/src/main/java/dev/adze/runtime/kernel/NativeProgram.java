package dev.adze.runtime.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.adze.runtime.model.RecurrentNetwork;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.LongStream;

/**
 * A network packed for the native library.
 *
 * @param plan         {@code adze_plan}; passing it to a call also keeps the weights from being released meanwhile
 * @param networkInput state offset of the network's input values
 * @param weights      what a step reads, packed
 * @param windowWeights what windows read besides
 * @param advanceLayers layers up to and with the last recurrent one
 * @param team         threads to share steps with; null for none
 * @param crew         threads to run windows with; null for none
 */
record NativeProgram(RecurrentNetwork network, MemorySegment plan, NativeState layout, long networkInput,
        MemorySegment weights, WindowWeights windowWeights, int advanceLayers, Team team, WindowCrew crew,
        ThreadChoice threads) implements StepProgram {
    /** ADZE_TEAM_LAYERS. */
    static final int MAX_SHARED_LAYERS = 254;
    /**
     * Up to here a step takes some ten microseconds at most, and is called without the thread's state transition, which
     * would hold a garbage collection up for as long; the transition costs about ten nanoseconds.
     */
    private static final long QUICK_BYTES = 1 << 20;
    /** Below, there is nothing to gain from the inputs' common product. */
    private static final int LEAST_WINDOW_STEPS = 3;

    NativeProgram with(Team helping, String reason) {
        return new NativeProgram(network, plan, layout, networkInput, weights, windowWeights, advanceLayers, helping, crew,
                new ThreadChoice(helping.members(), reason));
    }

    NativeProgram alone(String reason) {
        return new NativeProgram(network, plan, layout, networkInput, weights, windowWeights, advanceLayers, null, null,
                new ThreadChoice(1, reason));
    }

    /** With threads that run windows, as many as share steps. */
    NativeProgram withCrew() {
        int members = team == null ? 1 : Math.min(team.members(), network.lastRecurrent() + 1);
        return members < 2 ? this : new NativeProgram(network, plan, layout, networkInput, weights, windowWeights, advanceLayers, team,
                new WindowCrew(members), threads);
    }

    @Override
    public StepRunner newRunner() {
        return new Runner();
    }

    @Override
    public void close() {
        if (team != null) {
            team.close();
        }
        if (crew != null) {
            crew.close();
        }
    }

    private final class Runner implements StepRunner {
        /** Freed by the garbage collector, so that a runner needs no closing. */
        private final MemorySegment state = Arena.ofAuto().allocate(layout.size(), 64);
        private final MemorySegment input = state.asSlice(networkInput);
        /** In the order of a saved state. */
        private final MemorySegment[] carried = layout.recurrent().stream().flatMap(layer -> LongStream.of(layer.hidden(),
                layer.cell(), layer.held()).filter(place -> place >= 0).mapToObj(
                place -> state.asSlice(place, 4L * layer.hiddenSize()))).toArray(MemorySegment[]::new);
        private final long[] skipCounts = layout.skipCounts().stream().mapToLong(Long::longValue).toArray();
        /** Null where windows are run step by step. */
        private final NativeWindow window = NativeWindow.of(NativeProgram.this, state);
        private final boolean quick = weights.byteSize() <= QUICK_BYTES;
        private final int inputSize = network.inputSize();
        private final int outputSize = network.outputSize();
        private final long output = layout.lastOutput();
        private final Team.Job stepJob = new Team.Job(plan, state, network.layers().size());
        private final Team.Job advanceJob = new Team.Job(plan, state, advanceLayers);

        Runner() {
            NativeCalls.refresh(plan, state);
        }

        @Override
        public void step(float[] features, int offset, float[] outputValues) {
            MemorySegment.copy(features, offset, state, JAVA_FLOAT, networkInput, inputSize);
            if (team == null || !team.run(stepJob)) {
                stepAlone();
            }
            MemorySegment.copy(state, JAVA_FLOAT, output, outputValues, 0, outputSize);
        }

        private void stepAlone() {
            if (quick) {
                NativeCalls.stepQuick(plan, state);
            } else {
                NativeCalls.step(plan, state);
            }
        }

        @Override
        public void advance(float[] features, int offset) {
            MemorySegment.copy(features, offset, state, JAVA_FLOAT, networkInput, inputSize);
            if (team == null || !team.run(advanceJob)) {
                NativeCalls.advance(plan, state, input, 1);
            }
        }

        @Override
        public void window(float[] ring, int inputSize, int capacity, int first, int steps, float[] outputValues) {
            if (window == null || team != null && crew == null || steps < LEAST_WINDOW_STEPS) {
                StepRunner.super.window(ring, inputSize, capacity, first, steps, outputValues);
            } else {
                window.run(ring, capacity, first, steps, outputValues);
            }
        }

        @Override
        public void windows(float[] features, int inputSize, int steps, int windows, float[] outputs, int outputSize) {
            if (window == null) {
                StepRunner.super.windows(features, inputSize, steps, windows, outputs, outputSize);
            } else {
                window.run(features, steps, windows, outputs);
            }
        }

        @Override
        public void reset() {
            for (MemorySegment values : carried) {
                values.fill((byte) 0);
            }
            NativeCalls.refresh(plan, state);
        }

        @Override
        public void copyStateTo(float[] values) {
            int offset = 0;
            for (MemorySegment part : carried) {
                int count = (int) (part.byteSize() / Float.BYTES);
                MemorySegment.copy(part, JAVA_FLOAT, 0, values, offset, count);
                offset += count;
            }
        }

        @Override
        public void copyStateFrom(float[] values) {
            int offset = 0;
            for (MemorySegment part : carried) {
                int count = (int) (part.byteSize() / Float.BYTES);
                MemorySegment.copy(values, offset, part, JAVA_FLOAT, 0, count);
                offset += count;
            }
            NativeCalls.refresh(plan, state);
        }

        @Override
        public long skippedMultiplyAccumulates() {
            long skipped = 0;
            for (long count : skipCounts) {
                skipped += state.get(ValueLayout.JAVA_LONG, count);
            }
            return skipped;
        }
    }
}
