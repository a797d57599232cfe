package dev.adze.compress.report;

import java.util.List;

/**
 * What a search found.
 *
 * @param title    of the page
 * @param subtitle one line under it
 * @param trials   in the order of proposal
 * @param limits   of the budget, in words
 * @param chosen   number of the chosen trial; 0 where none finished
 * @param why      it was chosen, a sentence
 * @param bytesLimit  of the budget; NaN for none
 * @param microsLimit of the budget; NaN for none
 * @param methods  how it was done, a sentence each
 * @param facts    seed, versions, machine
 */
public record SearchReport(String title, String subtitle, List<Row> trials, List<String> limits, int chosen, String why,
        double bytesLimit, double microsLimit, List<String> methods, List<KeyValue> facts) {
    /**
     * One trial.
     *
     * @param settings in words
     * @param state    {@code finished}, {@code stopped after 4 epochs}, {@code failed}
     * @param error    on the validation part; NaN for one that failed
     * @param held     the figure on the held-out part with its interval; empty for one that did not finish
     * @param bytes    of the bundle, or of its tensors for one that did not finish
     * @param micros   99th percentile of a step, predicted
     * @param finished whether it came to its end
     * @param front    whether no other finished trial is better in everything
     * @param message  why it failed; else empty
     */
    public record Row(int trial, String settings, String state, int epochs, double error, String held, long bytes, double micros,
            boolean finished, boolean front, String message) {}

    public SearchReport {
        trials = Lists.copy(trials);
        limits = Lists.copy(limits);
        methods = Lists.copy(methods);
        facts = Lists.copy(facts);
    }
}
