package dev.adze.agent.decide;

import dev.adze.runtime.session.SessionState;

/** Takes copies of what the model remembers, between decisions, on the loop's own thread. */
public interface StateKeeper {
    /** Whether a copy is wanted after this decision; called for each, so it must cost nothing. */
    boolean wants(Decision decision);

    /** @param samples kept to be replayed after a gap, the newest last, {@code [steps, channels]}; mostly none */
    void keep(long epochMillis, SessionState state, float[] samples);

    /** Keeps nothing. */
    StateKeeper NONE = new StateKeeper() {
        @Override
        public boolean wants(Decision decision) {
            return false;
        }

        @Override
        public void keep(long epochMillis, SessionState state, float[] samples) {}
    };
}
