package dev.adze.compress.export;

/**
 * UNIDIRECTIONAL_SEQUENCE_LSTM of TensorFlow Lite Micro in 16x8: a gate's two products each to Q3.12 and saturated, their
 * saturated sum through sigmoid or tanh, the cell as sum of two rounded products.
 */
final class MicroLstm {
    private static final double GATE_INPUT = 0x1p-12;
    private static final double GATE = 0x1p-15;

    private final Gate[] gates; // i, f, g, o
    private final int[] hidden;
    private final int[] cell;
    private final int cellExponent;
    private final MicroArithmetic.Multiplier forgetCell;
    private final MicroArithmetic.Multiplier inputGate;
    private final MicroArithmetic.Multiplier output;
    private final float inputScale;
    private final float hiddenScale;

    /**
     * @param inputWeights {@code [hidden, inputs]}; @param bias at input scale times the scale of the input weights
     */
    record Gate(byte[] inputWeights, float inputWeightScale, byte[] hiddenWeights, float hiddenWeightScale, long[] bias) {}

    MicroLstm(Gate[] gates, float inputScale, float hiddenScale, float cellScale) {
        this.gates = gates;
        int size = gates[0].bias().length;
        hidden = new int[size];
        cell = new int[size];
        cellExponent = Math.getExponent(cellScale);
        forgetCell = MicroArithmetic.Multiplier.of(GATE * cellScale / cellScale);
        inputGate = MicroArithmetic.Multiplier.of(GATE * GATE / cellScale);
        output = MicroArithmetic.Multiplier.of(GATE * GATE / hiddenScale);
        this.inputScale = inputScale;
        this.hiddenScale = hiddenScale;
    }

    void reset() {
        java.util.Arrays.fill(hidden, 0);
        java.util.Arrays.fill(cell, 0);
    }

    /** @param x {@code [steps, inputs]}; returns the hidden values {@code [steps, hidden]} */
    int[] run(int[] x) {
        int inputs = gates[0].inputWeights().length / hidden.length;
        int steps = x.length / inputs;
        int[] all = new int[steps * hidden.length];
        int[][] z = new int[4][];
        for (int t = 0; t < steps; t++) {
            for (int gate = 0; gate < 4; gate++) {
                z[gate] = gate(gates[gate], x, t * inputs, inputs, gate == 2);
            }
            for (int k = 0; k < hidden.length; k++) {
                int kept = MicroArithmetic.saturated(forgetCell.times(z[1][k] * cell[k]));
                int fresh = MicroArithmetic.saturated(inputGate.times(z[0][k] * z[2][k]));
                cell[k] = MicroArithmetic.saturated(kept + fresh);
                hidden[k] = MicroArithmetic.saturated(output.times(MicroArithmetic.tanh(cell[k], cellExponent) * z[3][k]));
            }
            System.arraycopy(hidden, 0, all, t * hidden.length, hidden.length);
        }
        return all;
    }

    private int[] gate(Gate gate, int[] x, int from, int inputs, boolean tanh) {
        var ofInput = MicroArithmetic.Multiplier.of((double) inputScale * gate.inputWeightScale() / GATE_INPUT);
        var ofHidden = MicroArithmetic.Multiplier.of((double) hiddenScale * gate.hiddenWeightScale() / GATE_INPUT);
        int[] result = new int[hidden.length];
        for (int row = 0; row < result.length; row++) {
            int a = MicroArithmetic.saturated(ofInput.times(gate.bias()[row] + dot(gate.inputWeights(), row, x, from, inputs)));
            int b = MicroArithmetic.saturated(ofHidden.times(dot(gate.hiddenWeights(), row, hidden, 0, hidden.length)));
            int sum = MicroArithmetic.saturated(a + b);
            result[row] = tanh ? MicroArithmetic.tanh(sum, -12) : MicroArithmetic.sigmoid(sum);
        }
        return result;
    }

    private static long dot(byte[] weights, int row, int[] x, int from, int length) {
        long sum = 0;
        for (int k = 0; k < length; k++) {
            sum += weights[row * length + k] * x[from + k];
        }
        return sum;
    }
}
