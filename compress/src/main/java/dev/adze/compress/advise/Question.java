package dev.adze.compress.advise;

/**
 * What is to be told of the data.
 *
 * @param target       a channel, or {@value #REMAINING_LIFE}
 * @param horizonSteps how far ahead; -1: to be proposed; 0: now, from the other channels
 */
public record Question(String target, int horizonSteps) {
    public static final String REMAINING_LIFE = "remaining-life";

    boolean life() {
        return target.equals(REMAINING_LIFE);
    }
}
