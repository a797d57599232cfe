/**
 * The way of a model: recording, teacher, student, quantized network, bundle, report. Every step's result lies in a
 * folder named by the hash of all that went into it, so a step is done once, can be resumed, and is never stale.
 */
package dev.adze.compress.pipeline;
