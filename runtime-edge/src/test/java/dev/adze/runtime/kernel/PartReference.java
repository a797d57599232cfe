package dev.adze.runtime.kernel;

import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import dev.adze.runtime.model.Weights;
import java.util.Arrays;

/**
 * Every layer over a whole sequence in double precision, from the formulas in the model's documentation with the JDK's
 * exp and tanh. Attention is the textbook softmax over all steps so far, not the running form of the runtime.
 */
final class PartReference {
    private final Weights weights;
    private double[][] features;

    PartReference(Weights weights) {
        this.weights = weights;
    }

    /** @return outputs of every step {@code [steps][outputSize]} */
    double[][] run(float[] values, int steps) {
        int inputs = weights.network().inputSize();
        double[][] x = new double[steps][inputs];
        for (int t = 0; t < steps; t++) {
            for (int k = 0; k < inputs; k++) {
                x[t][k] = values[t * inputs + k];
            }
        }
        features = x;
        for (int i = 0; i < weights.network().layers().size(); i++) {
            x = layer(weights.network().layers().get(i), i, x);
        }
        return x;
    }

    private double[][] layer(Layer layer, int index, double[][] x) {
        return switch (layer) {
            case RecurrentLayer recurrent -> recurrent(recurrent, index, "", x);
            case Bidirectional both -> {
                double[][] forward = recurrent(both.forward(), index, "forward.", x);
                double[][] backward = reversed(recurrent(both.backward(), index, "backward.", reversed(x)));
                double[][] y = new double[x.length][];
                for (int t = 0; t < y.length; t++) {
                    y[t] = Arrays.copyOf(forward[t], both.outputSize());
                    System.arraycopy(backward[t], 0, y[t], forward[t].length, backward[t].length);
                }
                yield y;
            }
            case Residual residual -> {
                double[][] y = layer(residual.layer(), index, x);
                for (int t = 0; t < y.length; t++) {
                    for (int k = 0; k < y[t].length; k++) {
                        y[t][k] += x[t][k];
                    }
                }
                yield y;
            }
            case Dense dense -> {
                double[][] y = new double[x.length][];
                for (int t = 0; t < y.length; t++) {
                    y[t] = plus(product(get(index, "weight"), x[t]), get(index, "bias"));
                    for (int k = 0; k < y[t].length; k++) {
                        y[t][k] = activated(dense.activation(), y[t][k]);
                    }
                }
                yield y;
            }
            case MeanPooling _ -> {
                double[][] y = new double[x.length][x[0].length];
                for (int t = 0; t < y.length; t++) {
                    for (int u = 0; u <= t; u++) {
                        for (int k = 0; k < y[t].length; k++) {
                            y[t][k] += x[u][k] / (t + 1);
                        }
                    }
                }
                yield y;
            }
            case AttentionPooling _ -> attention(index, x);
            case Convolution convolution -> convolution(convolution, index, x);
            case SelfAttention attention -> plusRows(x, selfAttention(attention, index, x));
            case TransformerLayer transformer -> transformer(transformer, index, x);
            case StaticFeatures statics -> {
                double[][] y = new double[x.length][];
                for (int t = 0; t < y.length; t++) {
                    y[t] = Arrays.copyOf(x[t], statics.outputSize());
                    for (int i = 0; i < statics.features().size(); i++) {
                        y[t][x[t].length + i] = features[t][statics.features().get(i)];
                    }
                }
                yield y;
            }
        };
    }

    private static double activated(Dense.Activation activation, double x) {
        return switch (activation) {
            case IDENTITY -> x;
            case RELU -> Math.max(0, x);
            case TANH -> Math.tanh(x);
            case GELU -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * Math.pow(x, 3))));
        };
    }

    private double[][] convolution(Convolution layer, int index, double[][] x) {
        float[] weight = get(index, "weight");
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            y[t] = plus(new double[layer.outputSize()], get(index, "bias"));
            for (int row = 0; row < layer.outputSize(); row++) {
                for (int tap = 0; tap < layer.kernel(); tap++) {
                    int u = t - (layer.kernel() - 1 - tap) * layer.dilation();
                    for (int k = 0; u >= 0 && k < layer.inputSize(); k++) {
                        y[t][row] += weight[(row * layer.kernel() + tap) * layer.inputSize() + k] * x[u][k];
                    }
                }
                y[t][row] = activated(layer.activation(), y[t][row]);
            }
        }
        return y;
    }

    private double[][] selfAttention(SelfAttention layer, int index, double[][] x) {
        int size = layer.inputSize();
        int width = size / layer.heads();
        double[][] qkv = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            qkv[t] = plus(product(get(index, "weight_qkv"), x[t]), get(index, "bias_qkv"));
        }
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double[] attended = new double[size];
            for (int head = 0; head < layer.heads(); head++) {
                double[] scores = new double[t + 1];
                for (int u = 0; u <= t; u++) {
                    for (int k = head * width; k < (head + 1) * width; k++) {
                        scores[u] += qkv[t][k] * qkv[u][size + k] / Math.sqrt(width);
                    }
                }
                double largest = Arrays.stream(scores).max().orElseThrow();
                double sum = Arrays.stream(scores).map(s -> Math.exp(s - largest)).sum();
                for (int u = 0; u <= t; u++) {
                    for (int k = head * width; k < (head + 1) * width; k++) {
                        attended[k] += Math.exp(scores[u] - largest) / sum * qkv[u][2 * size + k];
                    }
                }
            }
            y[t] = plus(product(get(index, "weight_out"), attended), get(index, "bias_out"));
        }
        return y;
    }

    private double[][] transformer(TransformerLayer layer, int index, double[][] x) {
        double[][] a = plusRows(x, selfAttention(layer.attention(), index, x));
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double[] middle = plus(times(normalised(a[t]), get(index, "norm_attention")), get(index, "norm_attention_bias"));
            double[] wide = plus(product(get(index, "weight_up"), middle), get(index, "bias_up"));
            double[] down = plus(product(get(index, "weight_down"), Arrays.stream(wide).map(v -> Math.max(0, v)).toArray()),
                    get(index, "bias_down"));
            y[t] = plus(times(normalised(sum(middle, down)), get(index, "norm_output")), get(index, "norm_output_bias"));
        }
        return y;
    }

    private static double[][] plusRows(double[][] x, double[][] y) {
        double[][] sum = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            sum[t] = sum(x[t], y[t]);
        }
        return sum;
    }

    private double[][] attention(int index, double[][] x) {
        double[] scores = new double[x.length];
        for (int t = 0; t < x.length; t++) {
            double[] a = plus(product(get(index, "weight"), x[t]), get(index, "bias"));
            for (int k = 0; k < a.length; k++) {
                scores[t] += get(index, "query")[k] * Math.tanh(a[k]);
            }
        }
        double[][] y = new double[x.length][x[0].length];
        for (int t = 0; t < y.length; t++) {
            double largest = Arrays.stream(scores, 0, t + 1).max().orElseThrow();
            double sum = Arrays.stream(scores, 0, t + 1).map(s -> Math.exp(s - largest)).sum();
            for (int u = 0; u <= t; u++) {
                for (int k = 0; k < y[t].length; k++) {
                    y[t][k] += Math.exp(scores[u] - largest) / sum * x[u][k];
                }
            }
        }
        return y;
    }

    private double[][] recurrent(RecurrentLayer layer, int index, String prefix, double[][] x) {
        double[] h = new double[layer.hiddenSize()];
        double[] c = new double[layer instanceof ProjectedLstm lstm ? lstm.cellSize() : layer.hiddenSize()];
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            switch (layer) {
                case Lstm _ -> lstm(index, prefix, x[t], h, c, false, false);
                case LstmVariant variant -> lstm(index, prefix, x[t], h, c, variant.layerNorm(), variant.peephole());
                case ProjectedLstm _ -> h = projected(index, prefix, x[t], h, c);
                case Gru _ -> gru(index, prefix, x[t], h);
                case MinimalGate _ -> minimalGate(index, prefix, x[t], h);
            }
            y[t] = h.clone();
        }
        return y;
    }

    private void lstm(int index, String prefix, double[] x, double[] h, double[] c, boolean norm, boolean peephole) {
        int n = h.length;
        double[] wx = product(get(index, prefix + "weight_ih"), x);
        double[] rh = product(get(index, prefix + "weight_hh"), h);
        if (norm) {
            wx = times(normalised(wx), get(index, prefix + "norm_ih"));
            rh = times(normalised(rh), get(index, prefix + "norm_hh"));
        }
        float[] bias = get(index, prefix + "bias");
        float[] p = peephole ? get(index, prefix + "peephole") : new float[3 * n];
        double[] o = new double[n];
        for (int j = 0; j < n; j++) {
            double i = sigmoid(wx[j] + rh[j] + bias[j] + p[j] * c[j]);
            double f = sigmoid(wx[n + j] + rh[n + j] + bias[n + j] + p[n + j] * c[j]);
            double g = Math.tanh(wx[2 * n + j] + rh[2 * n + j] + bias[2 * n + j]);
            c[j] = f * c[j] + i * g;
            o[j] = sigmoid(wx[3 * n + j] + rh[3 * n + j] + bias[3 * n + j] + p[2 * n + j] * c[j]);
        }
        double[] out = norm
                ? plus(times(normalised(c), get(index, prefix + "norm_cell")), get(index, prefix + "norm_cell_bias")) : c;
        for (int j = 0; j < n; j++) {
            h[j] = o[j] * Math.tanh(out[j]);
        }
    }

    private double[] projected(int index, String prefix, double[] x, double[] h, double[] c) {
        int n = c.length;
        double[] a = plus(product(get(index, prefix + "weight_ih"), x), get(index, prefix + "bias"));
        double[] rh = product(get(index, prefix + "weight_hh"), h);
        double[] m = new double[n];
        for (int j = 0; j < n; j++) {
            c[j] = sigmoid(a[n + j] + rh[n + j]) * c[j] + sigmoid(a[j] + rh[j]) * Math.tanh(a[2 * n + j] + rh[2 * n + j]);
            m[j] = sigmoid(a[3 * n + j] + rh[3 * n + j]) * Math.tanh(c[j]);
        }
        return product(get(index, prefix + "weight_hr"), m);
    }

    private void minimalGate(int index, String prefix, double[] x, double[] h) {
        int n = h.length;
        double[] a = plus(product(get(index, prefix + "weight_ih"), x), get(index, prefix + "bias"));
        double[] ofHidden = product(get(index, prefix + "weight_hh"), h);
        double[] f = new double[n];
        double[] gated = new double[n];
        for (int j = 0; j < n; j++) {
            f[j] = sigmoid(a[j] + ofHidden[j]);
            gated[j] = f[j] * h[j];
        }
        double[] ofGated = product(get(index, prefix + "weight_hh"), gated);
        for (int j = 0; j < n; j++) {
            h[j] = (1 - f[j]) * h[j] + f[j] * Math.tanh(a[n + j] + ofGated[n + j]);
        }
    }

    private void gru(int index, String prefix, double[] x, double[] h) {
        int n = h.length;
        double[] wx = plus(product(get(index, prefix + "weight_ih"), x), get(index, prefix + "bias"));
        double[] rh = product(get(index, prefix + "weight_hh"), h);
        for (int j = 0; j < n; j++) {
            double r = sigmoid(wx[j] + rh[j]);
            double z = sigmoid(wx[n + j] + rh[n + j]);
            double candidate = Math.tanh(wx[2 * n + j] + r * (rh[2 * n + j] + get(index, prefix + "bias_hn")[j]));
            h[j] = (1 - z) * candidate + z * h[j];
        }
    }

    private float[] get(int index, String name) {
        return weights.get(index, name);
    }

    private static double[] normalised(double[] v) {
        double mean = Arrays.stream(v).average().orElseThrow();
        double variance = Arrays.stream(v).map(e -> (e - mean) * (e - mean)).average().orElseThrow();
        return Arrays.stream(v).map(e -> (e - mean) / Math.sqrt(variance + 1e-5)).toArray();
    }

    private static double[] product(float[] matrix, double[] x) {
        double[] y = new double[matrix.length / x.length];
        for (int row = 0; row < y.length; row++) {
            for (int k = 0; k < x.length; k++) {
                y[row] += matrix[row * x.length + k] * x[k];
            }
        }
        return y;
    }

    private static double[] plus(double[] y, float[] bias) {
        for (int j = 0; j < y.length; j++) {
            y[j] += bias[j];
        }
        return y;
    }

    private static double[] sum(double[] a, double[] b) {
        double[] y = a.clone();
        for (int j = 0; j < y.length; j++) {
            y[j] += b[j];
        }
        return y;
    }

    private static double[] times(double[] y, float[] gain) {
        for (int j = 0; j < y.length; j++) {
            y[j] *= gain[j];
        }
        return y;
    }

    private static double[][] reversed(double[][] x) {
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            y[t] = x[x.length - 1 - t];
        }
        return y;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
