package dev.adze.agent.mqtt;

import dev.adze.agent.text.DecimalText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All metrics of a Sparkplug edge node and what they are now. Reports are put together here, a line a metric: what goes into
 * the log is what the table has taken over, in the same step, so that a birth message tells exactly what the reports before it told.
 * Thread-safe; a report of known metrics that are no texts allocates nothing.
 */
final class MetricTable {
    /** Head of a report's text: the run and its place in the run, in the order of the table's changes. */
    static final char ORDER = '#';

    private final String run;
    private final List<Metric> metrics = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    private DecimalText text;
    private long order;

    /** @param run that no other run is called */
    MetricTable(String run) {
        this.run = run;
    }

    /** A metric; its alias is its place in the table, counted from 1. {@code value} is as in the log, null without one. */
    private static final class Metric {
        final String name;
        final MetricType type;
        final String unit;
        final String head;
        /** Of whole numbers exact up to 2^53; NaN without one. */
        double number = Double.NaN;
        String words;

        Metric(String name, MetricType type, String unit) {
            this.name = name;
            this.type = type;
            this.unit = unit;
            this.head = type.letter() + "\t" + name + "\t";
        }

        String value() {
            if (type == MetricType.STRING || Double.isNaN(number)) {
                return words;
            }
            var value = new DecimalText();
            append(value, type, number);
            return value.toString();
        }
    }

    /**
     * What a metric is, as of a {@link #snapshot}.
     *
     * @param value as in the log; null without one
     */
    record Known(int alias, String name, MetricType type, String unit, String value) {}

    /** All metrics, and the place of the newest report that they are from. */
    record Snapshot(long order, List<Known> metrics) {}

    private static void append(DecimalText text, MetricType type, double value) {
        switch (type) {
            case INT64, BOOLEAN -> text.append((long) value);
            // Shortest that gives the same number back, where the fixed number of decimals would not.
            case FLOAT -> {
                if (Math.abs(value) >= 1e-5 && Math.abs(value) < 1e15) {
                    text.append(value, 9, 15);
                } else {
                    text.append(Float.toString((float) value));
                }
            }
            default -> text.append(Double.toString(value));
        }
    }

    private static String plain(String words) {
        for (int i = 0; i < words.length(); i++) {
            if (words.charAt(i) < ' ') {
                return words.replaceAll("\\p{Cntrl}", " ");
            }
        }
        return words;
    }

    /** Place of a metric, which is made if there is none of the name; -1 if there is one of another type. */
    synchronized int define(String name, MetricType type, String unit) {
        String plain = plain(name);
        Integer known = places.get(plain);
        if (known != null) {
            return metrics.get(known).type == type ? known : -1;
        }
        places.put(plain, metrics.size());
        metrics.add(new Metric(plain, type, unit));
        return metrics.size() - 1;
    }

    synchronized int size() {
        return metrics.size();
    }

    synchronized Snapshot snapshot() {
        List<Known> known = new ArrayList<>();
        for (int i = 0; i < metrics.size(); i++) {
            Metric m = metrics.get(i);
            known.add(new Known(i + 1, m.name, m.type, m.unit, m.value()));
        }
        return new Snapshot(order, known);
    }

    /** Begins a report; whoever puts it together holds the table's lock until it has it. */
    MetricTable begin(DecimalText report) {
        text = report;
        text.clear();
        text.append("#\t").append(run).append("\t").append(++order).append("\n");
        return this;
    }

    /** A number, or NaN for none. */
    MetricTable put(int metric, double value) {
        Metric m = metrics.get(metric);
        m.number = Double.isFinite(value) ? value : Double.NaN;
        text.append(m.head);
        if (Double.isFinite(value)) {
            append(text, m.type, value);
        }
        text.append("\n");
        return this;
    }

    MetricTable put(int metric, boolean value) {
        return put(metric, value ? 1 : 0);
    }

    MetricTable put(int metric, String words) {
        Metric m = metrics.get(metric);
        m.words = plain(words);
        text.append(m.head).append(m.words).append("\n");
        return this;
    }

    /** Sets a metric that no report tells of. */
    synchronized void set(int metric, String words) {
        metrics.get(metric).words = plain(words);
    }

    /** Sets a metric that no report tells of. */
    synchronized void set(int metric, double value) {
        metrics.get(metric).number = value;
    }
}
