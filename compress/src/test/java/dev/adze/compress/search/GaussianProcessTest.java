package dev.adze.compress.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GaussianProcessTest {
    private static double truth(double[] x) {
        return 3 * Math.sin(4 * x[0]) + 0.5 * x[1] - 7;
    }

    @Test
    void itLearnsASmoothFunctionAndIsSureWhereItHasSeenIt() {
        var random = new Random(3);
        double[][] points = new double[30][];
        double[] values = new double[30];
        for (int i = 0; i < points.length; i++) {
            points[i] = new double[] {random.nextDouble(), random.nextDouble(), random.nextDouble()};
            values[i] = truth(points[i]);
        }
        var model = GaussianProcess.fit(points, values, 1);
        double squares = 0;
        for (int i = 0; i < 100; i++) {
            double[] x = {random.nextDouble(), random.nextDouble(), random.nextDouble()};
            double miss = model.predict(x).mean() - truth(x);
            squares += miss * miss;
        }
        assertTrue(Math.sqrt(squares / 100) < 0.15, "RMSE " + Math.sqrt(squares / 100) + " of a range of 6");
        assertEquals(values[0], model.predict(points[0]).mean(), 0.1);
        assertTrue(model.predict(points[0]).standardDeviation() < 0.1 * model.predict(new double[] {4, 4, 4}).standardDeviation());
        assertEquals(-7 + 3 * Math.sin(4 * 0.5) + 0.25, model.predict(new double[] {0.5, 0.5, 0.1}).mean(),
                3 * model.predict(new double[] {0.5, 0.5, 0.1}).standardDeviation() + 0.1);
    }

    @Test
    void noiseIsToldFromTheFunction() {
        var random = new Random(4);
        double[][] points = new double[60][];
        double[] values = new double[60];
        for (int i = 0; i < points.length; i++) {
            points[i] = new double[] {random.nextDouble()};
            values[i] = 2 * points[i][0] + 0.3 * random.nextGaussian();
        }
        var model = GaussianProcess.fit(points, values, 1);
        for (double x = 0.1; x < 1; x += 0.2) {
            assertEquals(2 * x, model.predict(new double[] {x}).mean(), 0.25);
        }
    }

    @Test
    void equalValuesAndEqualPointsDoNotBreakIt() {
        var model = GaussianProcess.fit(new double[][] {{0.5}, {0.5}, {0.5}}, new double[] {2, 2, 2}, 1);
        assertEquals(2, model.predict(new double[] {0.9}).mean(), 1e-9);
        assertEquals(1.5, GaussianProcess.fit(new double[][] {{0.5}, {0.5}}, new double[] {1, 2}, 1).predict(new double[] {0.5}).mean(), 1e-6);
    }
}
