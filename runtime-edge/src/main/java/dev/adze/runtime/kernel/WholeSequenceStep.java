package dev.adze.runtime.kernel;

/** A layer that looks at all steps so far: over whole sequences only. */
abstract class WholeSequenceStep extends LayerStep {
    final Signal input;
    final Signal output;

    WholeSequenceStep(Signal input, int outputSize) {
        this.input = input;
        output = Signal.ofValues(outputSize, outputSize);
    }

    abstract void begin(int steps);

    /** The next step's {@link #output} from {@link #input}. */
    abstract void next();

    @Override
    final void sequence(Signal signal, float[] from, float[] to, int steps) {
        begin(steps);
        for (int t = 0; t < steps; t++) {
            signal.load(from, t * signal.size);
            next();
            System.arraycopy(output.values, 0, to, t * output.size, output.size);
        }
    }

    @Override
    final void step() {
        throw new UnsupportedOperationException("self-attention runs over whole sequences");
    }

    @Override
    final Signal output() {
        return output;
    }
}
