package dev.adze.compress.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Notices gradients that vanish or explode: ten steps in a row under 1e-6 or over 1e3 in one gate. */
public final class GradientWatch {
    public static final double VANISHED = 1e-6;
    public static final double EXPLODED = 1e3;
    public static final int IN_A_ROW = 10;

    /** What is wrong with a gate's gradient. */
    public enum Trouble { VANISHING, EXPLODING }

    /**
     * @param name  of the gate, as in {@link GateNorms.Norm}
     * @param step  first of the ten
     * @param norm  at the tenth
     */
    public record Finding(Trouble trouble, String name, long step, double norm) {}

    private record Streak(Trouble trouble, long since, int length) {}

    private final Map<String, Streak> streaks = new HashMap<>();

    /** Takes one step's norms; returns what has just become ten in a row. NaN counts as exploding. */
    public List<Finding> accept(long step, List<GateNorms.Norm> norms) {
        var findings = new ArrayList<Finding>();
        for (GateNorms.Norm norm : norms) {
            Trouble trouble = norm.value() < VANISHED ? Trouble.VANISHING : norm.value() <= EXPLODED ? null : Trouble.EXPLODING;
            Streak before = streaks.get(norm.name());
            if (trouble == null) {
                streaks.remove(norm.name());
                continue;
            }
            Streak now = before != null && before.trouble == trouble ? new Streak(trouble, before.since, before.length + 1)
                    : new Streak(trouble, step, 1);
            streaks.put(norm.name(), now);
            if (now.length == IN_A_ROW) {
                findings.add(new Finding(trouble, norm.name(), now.since, norm.value()));
            }
        }
        return findings;
    }
}
