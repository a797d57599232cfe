package dev.adze.compress.graph;

/**
 * One operator of a time step as a framework runs it: reads vectors and perhaps weights, writes one vector.
 *
 * @param result  name of what it writes
 * @param formula for people, of results by name
 * @param reads   values read that are no weights
 * @param writes  values written
 * @param weights trained values read
 * @param kept    whether the result leaves the layer or is carried to the next step; others are intermediate
 */
public record Operator(String result, String formula, Kind kind, long reads, long writes, long weights, boolean kept) {
    public enum Kind {
        PRODUCT("matrix-vector products"), SUM("sums"), ACTIVATION("activations"), POINTWISE("pointwise");

        private final String plural;

        Kind(String plural) {
            this.plural = plural;
        }

        /** For people. */
        public String plural() {
            return plural;
        }
    }
}
