package dev.adze.compress.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;

/** A report with made-up figures of a real run's shape, the same for the same seed; only tests use it. */
final class SampleRun {
    private SampleRun() {}

    static RunReport of(long seed) {
        Random random = new Random(seed);
        List<StageResult> stages = List.of(
                stage("teacher", "fp32", 11_902_465, 47_634_112, Metric.error("RMSE", "%", 4.312).withInterval(4.18, 4.45),
                        new StepLatency(2043.7, 2710.2, 20_000, "adze vector")),
                stage("student fp32", "fp32", 3_841_041, 15_371_904, Metric.error("RMSE", "%", 4.338).withInterval(4.2, 4.48),
                        new StepLatency(251.3, 301.9, 20_000, "adze vector")),
                stage("student int8", "int8", 3_841_041, 3_880_112, Metric.error("RMSE", "%", 4.345).withInterval(4.21, 4.49),
                        new StepLatency(82.4, 97.6, 20_000, "adze vector")));
        return new RunReport("Load of a host, half a minute ahead", "recipes/quickstart.yaml, run of 31 January 2026",
                "Forecasts six channels of the machine's own load and pressure 30 s ahead from 32 channels at 2 Hz.",
                stages,
                List.of(curve(random, "teacher", 24, 0.9), curve(random, "student fp32", 30, 1.1)),
                List.of(comparison(random, "cpu.total", "%", 7200), comparison(random, "psi.io.some10", "%", 2400)),
                List.of(errors(random, "cpu.total", "%")),
                List.of(new ErrorProfile("cpu.total", "%", "held-out unit", List.of("unit 1", "unit 2", "unit 3"), List.of(
                        new ErrorProfile.Errors("teacher", new double[] {4.1, Double.NaN, 4.6}),
                        new ErrorProfile.Errors("student int8", new double[] {4.2, Double.NaN, 4.5})))),
                List.of(sensitivity("int8", 1e-4), sensitivity("int4", 1e-2)), inside(random),
                live(), List.of(
                        new KeyValue("recipe", "recipes/quickstart.yaml"),
                        new KeyValue("recipe sha256", "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea"),
                        new KeyValue("data sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
                        new KeyValue("seed", "17"), new KeyValue("adze", "0.1.0"),
                        new KeyValue("machine", "2 cores, AVX2, Linux 6.8")),
                List.of("Errors are on the last 15 % of the recording, which neither training nor scaling has seen.",
                        "Intervals: 95 %, block bootstrap of 200 resamples.",
                        "Latency: 20,000 steps after 2,000 of warm-up, one core, in this process."));
    }

    private static StageResult stage(
            String name, String precision, long parameters, long bytes, Metric metric, StepLatency latency) {
        return new StageResult(name, precision, "2 × LSTM, dense 6", parameters, parameters - 5000, bytes, metric,
                List.of(Metric.error("MAE", "%", metric.value() * 0.71)), latency, null, List.of());
    }

    private static TrainingCurve curve(Random random, String stage, int epochs, double start) {
        List<TrainingCurve.Epoch> list = new ArrayList<>();
        int best = 1;
        double lowest = Double.POSITIVE_INFINITY;
        for (int e = 1; e <= epochs; e++) {
            double loss = start * Math.exp(-e / 6.0) + 0.04 + random.nextDouble() * 0.01;
            double metric = 4.2 + 5 * Math.exp(-e / 4.0) + Math.max(0, e - 18) * 0.02 + random.nextDouble() * 0.1;
            if (metric < lowest) {
                lowest = metric;
                best = e;
            }
            list.add(new TrainingCurve.Epoch(e, loss, metric, 1e-3 * Math.cos(e / (epochs + 1.0) * Math.PI / 2), 6.5));
        }
        return new TrainingCurve(stage, "Huber loss", "validation RMSE", "%", best, list);
    }

    static SeriesComparison comparison(Random random, String name, String unit, int points) {
        double[] x = new double[points];
        double[] truth = new double[points];
        double[] teacher = new double[points];
        double[] student = new double[points];
        double level = 30;
        for (int i = 0; i < points; i++) {
            x[i] = 1_769_853_600_000d + 500d * i;
            level += random.nextGaussian() * 1.5 + (i % 900 == 450 ? 35 : 0) - (level - 30) * 0.01;
            truth[i] = Math.clamp(level + random.nextGaussian() * 2, 0, 100);
            teacher[i] = level;
            student[i] = level + random.nextGaussian() * 0.8;
        }
        for (int i = points / 2; i < points / 2 + points / 20; i++) {
            truth[i] = Double.NaN;
        }
        return new SeriesComparison(name, unit, SeriesComparison.Axis.EPOCH_MILLIS, x, truth,
                List.of(new SeriesComparison.Prediction("teacher", teacher),
                        new SeriesComparison.Prediction("student int8", student)), points).thinned(600);
    }

    private static Histograms errors(Random random, String name, String unit) {
        SequencedMap<String, double[]> errors = new LinkedHashMap<>();
        errors.put("teacher", gaussian(random, 4.3));
        errors.put("student fp32", gaussian(random, 4.34));
        errors.put("student int8", gaussian(random, 4.35));
        return Histograms.of(name, unit, 60, errors);
    }

    private static double[] gaussian(Random random, double deviation) {
        return random.doubles(7200).map(_ -> random.nextGaussian() * deviation).toArray();
    }

    private static Inside inside(Random random) {
        SequencedMap<String, double[]> byGate = new LinkedHashMap<>();
        SequencedMap<String, double[]> state = new LinkedHashMap<>();
        List.of("i", "f", "g", "o").forEach(gate -> byGate.put(gate, gaussian(random, 0.08)));
        state.put("cell", gaussian(random, 1.4));
        state.put("hidden", gaussian(random, 0.3));
        List<GateActivity.Signal> signals = new ArrayList<>();
        for (String signal : List.of("i", "f", "g", "o", "cell", "hidden")) {
            double[] values = random.doubles(60 * 100).map(_ -> random.nextGaussian() * 0.4).toArray();
            signals.add(GateActivity.Signal.of(signal, values, 100, signal.equals("hidden") ? 24 : 0));
        }
        return new Inside("Of student int8, on 16 held-out sequences.",
                List.of(Histograms.of("Weights of layer 0 (LSTM 100), student fp32", "", 61, byGate),
                        Histograms.of("Weights of layer 0 (LSTM 100), student int8", "", 61, byGate)),
                List.of(Histograms.of("Values of the state of layer 0 (LSTM 100)", "", 61, state)),
                List.of(new GateActivity("layer 0 (LSTM 100)", "60 steps of engine 24", signals)));
    }

    private static Sensitivity sensitivity(String precision, double size) {
        return new Sensitivity(precision, "validation RMSE (scaled)", 0.4, List.of(
                new Sensitivity.Part("layer 0 weight_ih input", 0.4 * (1 + size)), new Sensitivity.Part("layer 0 weight_hh forget", 0.4 * (1 - size / 3)),
                new Sensitivity.Part("layer 0", 0.4 * (1 + 2 * size)), new Sensitivity.Part("all weights, and digits", 0.4 * (1 + 30 * size))),
                List.of(new Sensitivity.Lag(0, size), new Sensitivity.Lag(1, size / 2), new Sensitivity.Lag(2, size / 5),
                        new Sensitivity.Lag(4, size / 30), new Sensitivity.Lag(8, 0)));
    }

    private static LiveRun live() {
        return new LiveRun("adze-agent on this host, 2 Hz, 20 s", List.of(
                new LatencySummary("lateness", 40, 61.2, 95.0, null, null, 130.4),
                new LatencySummary("read", 40, 810.0, 930.5, null, null, 1210.0),
                new LatencySummary("preprocess", 40, 3.1, 4.4, null, null, 9.8),
                new LatencySummary("infer", 40, 84.9, 99.1, null, null, 140.2),
                new LatencySummary("report", 40, 12.4, 18.2, null, null, 44.0),
                new LatencySummary("sample to decision", 40, 970.3, 1120.0, null, null, 1500.9)),
                List.of(new KeyValue("deadlines missed", "0 of 40")));
    }
}
