package dev.adze.agent.board;

/**
 * How fast a board could be at one moment: latencies are told apart by it, so that a throttled board shows.
 *
 * @param clock   of the processor
 * @param thermal of the zones by which the kernel throttles
 */
public record BoardState(Clock clock, Thermal thermal) {
    public static final BoardState UNKNOWN = new BoardState(Clock.UNKNOWN, Thermal.UNKNOWN);
    /** How many there are; {@link #index} is below. */
    public static final int COUNT = Clock.values().length * Thermal.values().length;

    /** Of the processor, against the highest that its hardware has. */
    public enum Clock {
        /** Cores may run no faster than 95 % of it: throttled by the kernel, or held back by a setting. */
        CAPPED("capped"),
        /** No core runs at 95 % of it, though it may: the governor saves power. */
        REDUCED("reduced"),
        /** A core runs at 95 % of it or more. */
        FULL("full"),
        /** The kernel does not tell. */
        UNKNOWN("unknown");

        private final String label;

        Clock(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** Against the temperatures from which the kernel throttles (passive trip points). */
    public enum Thermal {
        /** A zone is at its passive trip point or above. */
        PASSIVE("passive"),
        /** All that answer are below. */
        COOL("cool"),
        /** None has such a point, or none answers. */
        UNKNOWN("unknown");

        private final String label;

        Thermal(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    public int index() {
        return clock.ordinal() * Thermal.values().length + thermal.ordinal();
    }

    public static BoardState of(int index) {
        int thermals = Thermal.values().length;
        return new BoardState(Clock.values()[index / thermals], Thermal.values()[index % thermals]);
    }
}
