package dev.adze.agent.serve;

/**
 * What is asked of the model.
 *
 * @param id            of the request, given back with the answer; may be empty
 * @param values        {@code [series, steps, channels]} raw values in the channels' units; NaN is missing
 * @param series        independent ones; 1 in a sequence
 * @param sequence      whose state the server keeps; empty for none
 * @param sequenceStart whether the sequence begins with this request
 * @param sequenceEnd   whether it ends with it
 */
record InferRequest(String id, float[] values, int series, int steps, String sequence, boolean sequenceStart, boolean sequenceEnd) {}
