package dev.adze.compress.search;

import dev.adze.compress.pipeline.TrialRun.Held;
import java.util.List;
import java.util.SequencedMap;

/**
 * One trial as it stands.
 *
 * @param id       from 1, in the order of proposal
 * @param settings key to value in YAML, in the space's order
 * @param costs    known before training; null for one that no recipe allows
 * @param state    of the trial
 * @param rungs    errors at the epochs where it waited, in order
 * @param error    of a finished one, on the validation part; NaN otherwise
 * @param held     of a finished one, on the held-out part; else null
 * @param bytes    of a finished one's bundle
 * @param network  of a finished one, in words
 * @param epochs   that its student was trained
 * @param seconds  spent on it
 * @param message  of the error that ended it; else empty
 */
record Trial(int id, SequencedMap<String, String> settings, Costs costs, State state, List<Rung> rungs, double error, Held held,
        long bytes, String network, int epochs, double seconds, String message) {
    enum State {
        /** Proposed, or stopped by the user in the midst of training. */
        BEGUN,
        /** At a rung: goes on if it belongs to the best there. */
        WAITING,
        FINISHED,
        FAILED
    }

    /** @param error least on the validation part until then */
    record Rung(int epochs, double error) {}

    /**
     * @param fileBytes     of the bundle, estimated
     * @param memoryBytes   of weights and one session
     * @param latencyMicros 99th percentile of a step, predicted
     * @param epochs        that the student is to be trained
     */
    record Costs(long fileBytes, long memoryBytes, double latencyMicros, int epochs) {}

    static Trial begun(int id, SequencedMap<String, String> settings, Costs costs) {
        return new Trial(id, settings, costs, State.BEGUN, List.of(), Double.NaN, null, 0, "", 0, 0, "");
    }

    Trial waiting(int epochs, double error, double seconds) {
        var all = new java.util.ArrayList<>(rungs);
        all.add(new Rung(epochs, error));
        return new Trial(id, settings, costs, State.WAITING, List.copyOf(all), Double.NaN, null, 0, "", epochs, this.seconds + seconds, "");
    }

    Trial finished(int epochs, double error, Held held, long bytes, String network, double seconds) {
        return new Trial(id, settings, costs, State.FINISHED, rungs, error, held, bytes, network, epochs, this.seconds + seconds, "");
    }

    Trial failed(String message, double seconds) {
        return new Trial(id, settings, costs, State.FAILED, rungs, Double.NaN, null, 0, "", epochs, this.seconds + seconds, message);
    }

    /** Errors that the model of the error learns from: epochs to error, the last finished or latest. */
    double lastError() {
        return state == State.FINISHED ? error : rungs.isEmpty() ? Double.NaN : rungs.getLast().error();
    }
}
