package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
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
        Tensor loss = Losses.squareError(tensor(3, 1, 1, 2, 3), tensor(3, 1, 0, Double.NaN, 1));
        assertEquals((1 + 4) / 2.0, loss.item_float(), 1e-6);
    }

    @Test
    void huberIsSquareInsideAndLinearOutsideDelta() {
        Tensor loss = Losses.huber(tensor(2, 1, 1, -5), tensor(2, 1, 0, 0), 2);
        assertEquals((0.5 * 1 + (0.5 * 4 + 2 * 3)) / 2, loss.item_float(), 1e-6);
    }

    @Test
    void crossEntropyIsTheNegativeLogProbability() {
        Tensor loss = Losses.crossEntropy(tensor(2, 3, 1, 2, 3, 9, 9, 9), tensor(2, 1, 2, Double.NaN));
        double p = Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3));
        assertEquals(-Math.log(p), loss.item_float(), 1e-6);
    }

    @Test
    void pinballWeighsOvershootAndUndershootByTheQuantile() {
        Tensor loss = Losses.quantile(tensor(3, 1, 1, 5, 9), tensor(3, 1, 3, 3, Double.NaN), 0.9);
        assertEquals((0.9 * 2 + 0.1 * 2) / 2, loss.item_float(), 1e-6);
    }

    @Test
    void focalLossForgivesWhatIsCertainAndWeighsClasses() {
        double[] p = softmax(1, 2, 0);
        double[] q = softmax(1, 1, 3);
        double gamma = 2;
        double expected = (0.5 * Math.pow(1 - p[0], gamma) * -Math.log(p[0]) + 4 * Math.pow(1 - q[1], gamma) * -Math.log(q[1])) / 4.5;
        Tensor loss = Losses.focal(tensor(2, 2, 2, 0, 1, 3), tensor(2, 1, 0, 1), gamma, List.of(0.5, 4.0));
        assertEquals(expected, loss.item_float(), 1e-6);
        assertEquals(Losses.crossEntropy(tensor(1, 2, 2, 0), tensor(1, 1, 1)).item_float(),
                Losses.focal(tensor(1, 2, 2, 0), tensor(1, 1, 1), 0, List.of()).item_float());
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
