package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Expected values are worked out by hand in double precision. */
class LossesTest {
    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    private static Tensor tensor(long steps, long outputs, double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return torch.from_blob(new org.bytedeco.javacpp.FloatPointer(floats), 1, steps, outputs).clone();
    }

    @Test
    void squareErrorLeavesOutMissingTargets() {
        Tensor loss = Losses.regression(TrainSpec.Loss.MSE, 1, tensor(3, 1, 1, 2, 3), tensor(3, 1, 0, Double.NaN, 1));
        assertEquals((1 + 4) / 2.0, loss.item_float(), 1e-6);
    }

    @Test
    void huberIsSquareInsideAndLinearOutsideDelta() {
        Tensor loss = Losses.regression(TrainSpec.Loss.HUBER, 2, tensor(2, 1, 1, -5), tensor(2, 1, 0, 0));
        assertEquals((0.5 * 1 + (0.5 * 4 + 2 * 3)) / 2, loss.item_float(), 1e-6);
    }

    @Test
    void crossEntropyIsTheNegativeLogProbability() {
        Tensor loss = Losses.crossEntropy(tensor(2, 3, 1, 2, 3, 9, 9, 9), tensor(2, 1, 2, Double.NaN));
        double p = Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3));
        assertEquals(-Math.log(p), loss.item_float(), 1e-6);
    }

    @Test
    void softTargetsCarryTheSquareOfTheTemperature() {
        double[] t = softmax(2, 4, 1);
        double[] s = softmax(2, 1, 3);
        double divergence = t[0] * Math.log(t[0] / s[0]) + t[1] * Math.log(t[1] / s[1]);
        Tensor loss = Losses.softTargets(tensor(1, 2, 1, 3), tensor(1, 2, 4, 1), 2);
        assertEquals(4 * divergence, loss.item_float(), 1e-5);
    }

    private static double[] softmax(double temperature, double a, double b) {
        double x = Math.exp(a / temperature);
        double y = Math.exp(b / temperature);
        return new double[] {x / (x + y), y / (x + y)};
    }
}
