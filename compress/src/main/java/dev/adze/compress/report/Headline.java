package dev.adze.compress.report;

import java.util.ArrayList;
import java.util.List;

/**
 * The figures on top of the page, computed from the first stage and the last.
 *
 * @param figure {@code 12.3×}
 * @param label  {@code smaller file}
 * @param detail {@code 47.6 MB → 3.87 MB}
 */
record Headline(String figure, String label, String detail) {

    static List<Headline> of(List<StageResult> stages) {
        List<Headline> headlines = new ArrayList<>();
        if (stages.isEmpty()) {
            return headlines;
        }
        StageResult from = stages.getFirst();
        StageResult to = stages.getLast();
        if (stages.size() == 1) {
            headlines.add(new Headline(StageTable.value(from.metric()), from.metric().heading(), from.name()));
            return headlines;
        }
        ratio(headlines, from.parameters(), to.parameters(), "fewer parameters", "more parameters",
                Units.count(from.parameters()) + " → " + Units.count(to.parameters()));
        ratio(headlines, from.fileBytes(), to.fileBytes(), "smaller file", "larger file",
                Units.bytes(from.fileBytes()) + " → " + Units.bytes(to.fileBytes()));
        if (from.latency() != null && to.latency() != null) {
            ratio(headlines, from.latency().p50Micros(), to.latency().p50Micros(), "faster step", "slower step",
                    Units.micros(from.latency().p50Micros()) + " → " + Units.micros(to.latency().p50Micros())
                            + " (median)");
        }
        if (from.metric().heading().equals(to.metric().heading())) {
            headlines.add(new Headline(Units.change(from.metric().value(), to.metric().value()),
                    from.metric().name() + (to.metric().higherIsBetter() ? " (higher is better)" : " (lower is better)"),
                    Units.significant(from.metric().value(), 4) + " → " + Units.significant(to.metric().value(), 4)
                            + (to.metric().unit().isEmpty() ? "" : " " + to.metric().unit())));
        }
        return headlines;
    }

    private static void ratio(
            List<Headline> headlines, Number from, Number to, String smaller, String larger, String detail) {
        if (from == null || to == null || !(from.doubleValue() > 0) || !(to.doubleValue() > 0)) {
            return;
        }
        double factor = from.doubleValue() / to.doubleValue();
        headlines.add(factor >= 1
                ? new Headline(Units.factor(factor), smaller, detail)
                : new Headline(Units.factor(1 / factor), larger, detail));
    }
}
