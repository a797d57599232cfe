package dev.adze.agent.sensor;

/**
 * What came of reading one channel once. There are three outcomes and never a made-up number: a figure that could
 * not be had is not 0.
 */
public sealed interface Reading {
    /** Why there is no value, in a few words; null if there is one. */
    default String obstacle() {
        return switch (this) {
            case Ok _ -> null;
            case Invalid(String reason) -> reason;
            case Missing(String reason) -> reason;
        };
    }

    /** The sensor answered with a believable, finite value in the channel's unit. */
    record Ok(double value) implements Reading {}

    /** The sensor answered, but not with a value: garbage text, a known sentinel, a counter that ran backwards. */
    record Invalid(String reason) implements Reading {}

    /** No answer: absent, unreadable, too late, or nothing to take a difference from yet. */
    record Missing(String reason) implements Reading {}
}
