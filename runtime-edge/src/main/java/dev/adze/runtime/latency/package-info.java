/** Latency figures that can be trusted: mergeable histograms, percentiles only from enough samples, with intervals. */
package dev.adze.runtime.latency;
