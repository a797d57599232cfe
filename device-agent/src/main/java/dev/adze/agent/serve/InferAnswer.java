package dev.adze.agent.serve;

/** @param values row-major, in physical units; of the shape {@code shape} */
record InferAnswer(float[] values, long[] shape) {}
