package dev.adze.agent.report;

/** Class and probability from logits, for people; decisions carry the logits themselves. */
public final class Softmax {
    private Softmax() {}

    /** Index of the largest element, the first of equals. */
    public static int largest(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    /** exp(x_k) / sum exp(x_i), shifted by the largest so that nothing overflows. */
    public static double probability(float[] logits, int k) {
        float top = logits[largest(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - top);
        }
        return Math.exp(logits[k] - top) / sum;
    }
}
