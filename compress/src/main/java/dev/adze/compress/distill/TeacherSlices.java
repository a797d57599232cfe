package dev.adze.compress.distill;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A student's first weights, cut out of the teacher's: of every teacher layer the hidden units that matter most to what
 * reads them, with their rows in all four gates and the columns between kept units. Student layer j is cut from teacher
 * layer j; where the student has fewer layers, its head keeps its random weights, since it reads another layer.
 *
 * <p>A unit's importance is the sum of squares of all weights that read it (Han et al. 2015, by whole units), or its leverage:
 * the square length of its share in the leading singular vectors of the matrix of those weights, as many of them as units are
 * kept (CUR decomposition, Mahoney and Drineas 2009). Importance may keep units that are read alike; leverage keeps ones that
 * span what is read.
 */
public final class TeacherSlices {
    private TeacherSlices() {}

    /**
     * @param init   TEACHER: by importance, SVD: by leverage
     * @param random the student's weights for what cannot be cut; not changed
     * @throws AdzeException USAGE where the two do not fit
     */
    public static Weights cut(DistillSpec.Init init, Weights teacher, Weights random) {
        RecurrentNetwork from = teacher.network();
        RecurrentNetwork to = random.network();
        require(from, "teacher");
        require(to, "student");
        int layers = to.layers().size() - 1;
        if (layers > from.layers().size() - 1) {
            throw new AdzeException(AdzeException.Kind.USAGE, "distill.init needs a student of no more layers than the"
                    + " teacher's " + (from.layers().size() - 1) + ", but it has " + layers);
        }
        Map<String, float[]> tensors = new LinkedHashMap<>();
        random.tensors().forEach((name, values) -> tensors.put(name, values.clone()));
        int[] inputs = IntStream.range(0, to.inputSize()).toArray();
        for (int i = 0; i < layers; i++) {
            Lstm big = (Lstm) from.layers().get(i);
            Lstm small = (Lstm) to.layers().get(i);
            if (small.hiddenSize() > big.hiddenSize()) {
                throw new AdzeException(AdzeException.Kind.USAGE, "distill.init needs student layers no larger than the"
                        + " teacher's: layer " + i + " has " + small.hiddenSize() + " units, the teacher's " + big.hiddenSize());
            }
            int[] kept = keep(init == DistillSpec.Init.SVD ? leverage(teacher, i, small.hiddenSize()) : importance(teacher, i),
                    small.hiddenSize());
            int[] rows = gateRows(kept, big.hiddenSize());
            tensors.put(name(i, "weight_ih"), select(teacher, i, "weight_ih", rows, inputs, big.inputSize()));
            tensors.put(name(i, "weight_hh"), select(teacher, i, "weight_hh", rows, kept, big.hiddenSize()));
            tensors.put(name(i, "bias"), select(teacher, i, "bias", rows, new int[] {0}, 1));
            inputs = kept;
        }
        if (layers == from.layers().size() - 1) {
            int outputs = to.outputSize();
            int width = ((Lstm) from.layers().get(layers - 1)).hiddenSize();
            tensors.put(name(layers, "weight"), select(teacher, layers, "weight", IntStream.range(0, outputs).toArray(), inputs, width));
            tensors.put(name(layers, "bias"), teacher.tensors().get(name(layers, "bias")).clone());
        }
        return new Weights(to, tensors);
    }

    private static void require(RecurrentNetwork network, String what) {
        int last = network.layers().size() - 1;
        boolean fits = last > 0 && network.layers().get(last) instanceof Dense
                && network.layers().subList(0, last).stream().allMatch(l -> l instanceof Lstm);
        if (!fits) {
            throw new AdzeException(AdzeException.Kind.USAGE, "distill.init cuts plain LSTM layers with a dense head, and the "
                    + what + " is made of " + network.layers().stream().map(Layer::kind).toList() + "; set distill.init: random");
        }
    }

    /** Of layer {@code i}'s hidden units. */
    static double[] importance(Weights weights, int i) {
        int hidden = weights.network().layers().get(i).outputSize();
        double[] importance = new double[hidden];
        for (float[] reader : readers(weights, i)) {
            addColumns(importance, reader);
        }
        return importance;
    }

    /** The matrices that layer {@code i}'s hidden units are read by: its own recurrent one and the next layer's. */
    private static List<float[]> readers(Weights weights, int i) {
        boolean head = weights.network().layers().get(i + 1) instanceof Dense;
        return List.of(weights.tensors().get(name(i, "weight_hh")), weights.tensors().get(name(i + 1, head ? "weight" : "weight_ih")));
    }

    /** Square lengths of layer {@code i}'s hidden units in the span of the {@code rank} leading singular vectors. */
    static double[] leverage(Weights weights, int i, int rank) {
        int hidden = weights.network().layers().get(i).outputSize();
        try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
            // Right singular vectors are eigenvectors of the Gram matrix, which is small; eigenvalues come in ascending order.
            Tensor gram = torch.zeros(hidden, hidden).to(ScalarType.Double);
            for (float[] reader : readers(weights, i)) {
                Tensor matrix = torch.from_blob(new FloatPointer(reader), reader.length / hidden, hidden).to(ScalarType.Double);
                gram = gram.add(torch.matmul(matrix.t(), matrix));
            }
            Tensor leading = torch.linalg_eigh(gram).get1().narrow(1, hidden - rank, rank);
            double[] leverage = new double[hidden];
            leading.square().sum(1).contiguous().data_ptr_double().get(leverage);
            return leverage;
        }
    }

    private static void addColumns(double[] sums, float[] matrix) {
        for (int k = 0; k < matrix.length; k++) {
            sums[k % sums.length] += (double) matrix[k] * matrix[k];
        }
    }

    /** The {@code count} most important units, in their own order. */
    private static int[] keep(double[] importance, int count) {
        return IntStream.range(0, importance.length).boxed()
                .sorted(Comparator.comparingDouble((Integer unit) -> importance[unit]).reversed().thenComparing(unit -> unit))
                .limit(count).sorted().mapToInt(Integer::intValue).toArray();
    }

    private static int[] gateRows(int[] units, int hidden) {
        return IntStream.range(0, 4).flatMap(gate -> Arrays.stream(units).map(unit -> gate * hidden + unit)).toArray();
    }

    private static float[] select(Weights weights, int layer, String tensor, int[] rows, int[] columns, int width) {
        float[] all = weights.tensors().get(name(layer, tensor));
        float[] some = new float[rows.length * columns.length];
        for (int r = 0; r < rows.length; r++) {
            for (int c = 0; c < columns.length; c++) {
                some[r * columns.length + c] = all[rows[r] * width + columns[c]];
            }
        }
        return some;
    }

    private static String name(int layer, String tensor) {
        return RecurrentNetwork.tensorName(layer, tensor);
    }
}
