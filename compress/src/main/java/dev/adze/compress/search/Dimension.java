package dev.adze.compress.search;

import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * One key of a recipe that a search varies.
 *
 * <p>A setting is numbered by its place in [0, 1]: of a range on its scale, of a list of numbers evenly, of a list of words
 * by its index, which says nothing of nearness.
 */
sealed interface Dimension {
    String key();

    /** How many settings there are; {@link Long#MAX_VALUE} for a continuous range. */
    long count();

    /** A setting in YAML. */
    String draw(Random random);

    /** A setting near a given one; another one, unless there is none. */
    String near(String value, Random random);

    /** Coordinates of a setting, all in [0, 1]. */
    double[] coordinates(String value);

    /** A list of settings. @param values in YAML (JSON is YAML) */
    record Choice(String key, List<String> values, boolean numeric) implements Dimension {
        public Choice {
            values = List.copyOf(values);
        }

        static Choice of(String key, List<JsonNode> values) {
            boolean numeric = values.stream().allMatch(JsonNode::isNumber);
            var sorted = numeric ? values.stream().sorted((a, b) -> Double.compare(a.doubleValue(), b.doubleValue())).toList() : values;
            return new Choice(key, sorted.stream().map(v -> v.isString() ? v.stringValue() : v.toString()).toList(), numeric);
        }

        @Override
        public long count() {
            return values.size();
        }

        @Override
        public String draw(Random random) {
            return values.get(random.nextInt(values.size()));
        }

        @Override
        public String near(String value, Random random) {
            int at = values.indexOf(value);
            if (values.size() == 1) {
                return value;
            }
            int other = numeric ? at + (at == 0 || at < values.size() - 1 && random.nextBoolean() ? 1 : -1)
                    : (at + 1 + random.nextInt(values.size() - 1)) % values.size();
            return values.get(other);
        }

        @Override
        public double[] coordinates(String value) {
            int at = values.indexOf(value);
            if (numeric) {
                return new double[] {values.size() == 1 ? 0 : at / (values.size() - 1.0)};
            }
            // Any two words are equally far apart.
            double[] one = new double[values.size()];
            one[at] = Math.sqrt(0.5);
            return one;
        }
    }

    /** Whole numbers from {@code from} to {@code to}, {@code step} apart. */
    record Whole(String key, long from, long to, long step, boolean log) implements Dimension {
        @Override
        public long count() {
            return (to - from) / step + 1;
        }

        @Override
        public String draw(Random random) {
            return at(random.nextDouble());
        }

        private String at(double place) {
            double value = log ? Math.exp(Math.log(from) + place * (Math.log(to) - Math.log(from))) : from + place * (to - from);
            return Long.toString(from + Math.clamp(Math.round((value - from) / step), 0, (int) Math.min(Integer.MAX_VALUE, count() - 1)) * step);
        }

        @Override
        public String near(String value, Random random) {
            String near = at(Math.clamp(coordinates(value)[0] + 0.12 * random.nextGaussian(), 0, 1));
            if (!near.equals(value) || count() == 1) {
                return near;
            }
            long number = Long.parseLong(value);
            return Long.toString(number == from || number + step <= to && random.nextBoolean() ? number + step : number - step);
        }

        @Override
        public double[] coordinates(String value) {
            double number = Long.parseLong(value);
            return new double[] {from == to ? 0 : log ? Math.log(number / from) / Math.log((double) to / from) : (number - from) / (to - from)};
        }
    }

    /** Real numbers. */
    record Real(String key, double from, double to, boolean log) implements Dimension {
        @Override
        public long count() {
            return Long.MAX_VALUE;
        }

        @Override
        public String draw(Random random) {
            return at(random.nextDouble());
        }

        /** To four digits, which is finer than any effect and keeps recipes readable. */
        private String at(double place) {
            double value = log ? Math.exp(Math.log(from) + place * (Math.log(to) - Math.log(from))) : from + place * (to - from);
            double rounded = new java.math.BigDecimal(value).round(new java.math.MathContext(4)).doubleValue();
            return Double.toString(Math.clamp(rounded, from, to));
        }

        @Override
        public String near(String value, Random random) {
            return at(Math.clamp(coordinates(value)[0] + 0.12 * random.nextGaussian(), 0, 1));
        }

        @Override
        public double[] coordinates(String value) {
            double number = Double.parseDouble(value);
            return new double[] {from == to ? 0 : log ? Math.log(number / from) / Math.log(to / from) : (number - from) / (to - from)};
        }
    }
}
