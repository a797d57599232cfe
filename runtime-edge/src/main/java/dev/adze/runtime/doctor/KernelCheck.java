package dev.adze.runtime.doctor;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.DataType;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.session.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Runs every kernel of this build on this processor and compares what comes out with the scalar kernel, bit by bit. */
final class KernelCheck {
    private static final int STEPS = 20;
    private static final List<Precision> PRECISIONS = List.of(Precision.FP32, Precision.FP16, Precision.INT8, Precision.INT4);
    /** Odd sizes, so that every kernel has rests to deal with. */
    private static final RecurrentNetwork NETWORK = RecurrentNetwork.stackedLstm(7, 2, 37, 3);

    private KernelCheck() {}

    static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        try {
            KernelChoice best = KernelChoice.best();
            findings.add(best.name().startsWith("native") ? Finding.ok("kernel", best.name() + ": " + best.reason())
                    : Finding.note("kernel", best.name() + ": " + best.reason()));
        } catch (AdzeException e) {
            findings.add(Finding.problem("kernel", e.getMessage()));
        }
        for (KernelChoice kernel : kernels()) {
            findings.add(check(kernel));
        }
        return findings;
    }

    private static List<KernelChoice> kernels() {
        List<KernelChoice> kernels = new ArrayList<>();
        try {
            kernels.add(KernelChoice.vector());
        } catch (AdzeException e) {
            // The finding about the best kernel says why there is none.
        }
        KernelChoice.nativeTiers().forEach(tier -> kernels.add(KernelChoice.nativeTier(tier)));
        return kernels;
    }

    private static Finding check(KernelChoice kernel) {
        List<String> same = new ArrayList<>();
        for (Precision precision : PRECISIONS) {
            String label = precision.name().toLowerCase(Locale.ROOT);
            NetworkTensors tensors = tensors(precision);
            if (!Arrays.equals(outputs(tensors, KernelChoice.scalar()), outputs(tensors, kernel))) {
                return Finding.problem(kernel.name(), label + " gives other bits than the scalar kernel: do not use it"
                        + " (-D" + KernelChoice.KERNEL_PROPERTY + "=vector or scalar) and report this processor");
            }
            same.add(label);
        }
        return Finding.ok(kernel.name(), String.join(", ", same) + ": same bits as the scalar kernel");
    }

    private static float[] outputs(NetworkTensors tensors, KernelChoice kernel) {
        var random = new Random(5);
        int outputs = NETWORK.outputSize();
        float[] all = new float[STEPS * outputs];
        float[] features = new float[NETWORK.inputSize()];
        float[] output = new float[outputs];
        try (var network = CompiledNetwork.compile(tensors, kernel); var session = new Session(network)) {
            for (int t = 0; t < STEPS; t++) {
                for (int i = 0; i < features.length; i++) {
                    features[i] = (float) random.nextGaussian();
                }
                session.infer(features, output);
                System.arraycopy(output, 0, all, t * outputs, outputs);
            }
        }
        return all;
    }

    /** Random contents for every tensor of the precision's layout. */
    private static NetworkTensors tensors(Precision precision) {
        var random = new Random(3);
        var tensors = new LinkedHashMap<String, Tensor>();
        NetworkTensors.layout(NETWORK, precision).forEach((name, slot) -> {
            int count = slot.shape().stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
            if (slot.type() == DataType.I8) {
                byte[] values = new byte[count];
                for (int i = 0; i < count; i++) {
                    values[i] = (byte) random.nextInt(name.endsWith(".multiplier") ? 0 : -127, 128);
                }
                tensors.put(name, Tensor.of(slot.shape(), values));
                return;
            }
            if (slot.type() == DataType.U8) {
                byte[] halves = new byte[count]; // all matrices have an odd number of columns
                int rowBytes = slot.shape().getLast();
                for (int i = 0; i < count; i++) {
                    int high = i % rowBytes == rowBytes - 1 ? 8 : random.nextInt(1, 16);
                    halves[i] = (byte) (random.nextInt(1, 16) | high << 4);
                }
                tensors.put(name, Tensor.unsigned(slot.shape(), halves));
                return;
            }
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = name.endsWith(".scale") ? random.nextFloat(0.0003f, 0.001f) : random.nextFloat(-0.3f, 0.3f);
            }
            tensors.put(name, slot.type() == DataType.F16 ? Tensor.half(slot.shape(), values)
                    : Tensor.of(slot.shape(), values));
        });
        return new NetworkTensors(NETWORK, precision, tensors);
    }
}
