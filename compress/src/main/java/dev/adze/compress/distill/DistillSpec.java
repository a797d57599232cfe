package dev.adze.compress.distill;

import dev.adze.runtime.AdzeException;
import java.util.List;

/**
 * How much the student listens to the teacher.
 *
 * @param alpha            weight of the teacher's outputs, 0 to 1; the task's own targets get 1 - alpha
 * @param finalAlpha       alpha at the last step, reached on a line; -1 for no change
 * @param temperature      of soft targets (classification only; Hinton et al. 2015)
 * @param finalTemperature likewise at the last step; -1 for no change
 * @param hintWeight       weight of the hidden-state hint: mean square error between the student's last hidden state,
 *                         through a learned linear projection, and the teacher's (Romero et al. 2015); 0 for none
 * @param cellHintWeight   the same for the last cell state, which carries what an LSTM remembers; plain LSTMs only
 * @param attentionWeight  weight of attention transfer: square distance between the two networks' profiles of hidden energy
 *                         over the steps of a window (Zagoruyko and Komodakis 2017); 0 for none
 * @param ensemble         teachers trained with different seeds, whose outputs are averaged
 * @param unlabelled       files of data without targets, on which the teacher's outputs alone teach; beside the recipe's data
 * @param init             where the student's first weights come from
 */
public record DistillSpec(double alpha, double finalAlpha, double temperature, double finalTemperature, double hintWeight,
        double cellHintWeight, double attentionWeight, int ensemble, List<String> unlabelled, Init init) {
    /**
     * RANDOM: as any network. The others are slices of the teacher, see {@link TeacherSlices}: TEACHER keeps the units that are
     * read with the largest weights, SVD those that the leading singular vectors of what reads them lie in.
     */
    public enum Init { RANDOM, TEACHER, SVD }

    public DistillSpec {
        require(within(alpha) && (finalAlpha == -1 || within(finalAlpha)),
                "alpha must be 0 to 1, and finalAlpha too, or -1 for no change");
        require(temperature > 0 && (finalTemperature == -1 || finalTemperature > 0),
                "temperature must be above 0, and finalTemperature too, or -1 for no change");
        require(hintWeight >= 0 && cellHintWeight >= 0 && attentionWeight >= 0,
                "hintWeight, cellHintWeight and attentionWeight must be 0 or more");
        unlabelled = List.copyOf(unlabelled);
        require(unlabelled.isEmpty() || alpha > 0 || finalAlpha > 0,
                "only the teacher's outputs teach on unlabelled files; set alpha above 0 or leave unlabelled out");
        require(ensemble >= 1 && ensemble <= 16, "ensemble must be 1 to 16");
    }

    private static boolean within(double share) {
        return share >= 0 && share <= 1;
    }

    private static void require(boolean ok, String what) {
        if (!ok) {
            throw new AdzeException(AdzeException.Kind.USAGE, "distillation settings: " + what);
        }
    }

    /** Whether anything of the teacher's outputs or states is used. */
    public boolean listens() {
        return alpha > 0 || finalAlpha > 0 || hintWeight > 0 || cellHintWeight > 0 || attentionWeight > 0;
    }

    /**
     * As it stands at the end of a distillation, for going on from there. The hints are left out: the projections that they
     * need are not kept.
     */
    public DistillSpec atItsEnd() {
        return new DistillSpec(alphaAt(1), -1, temperatureAt(1), -1, 0, 0, attentionWeight, ensemble, unlabelled, init);
    }

    double alphaAt(double done) {
        return finalAlpha == -1 ? alpha : alpha + (finalAlpha - alpha) * done;
    }

    double temperatureAt(double done) {
        return finalTemperature == -1 ? temperature : temperature + (finalTemperature - temperature) * done;
    }
}
