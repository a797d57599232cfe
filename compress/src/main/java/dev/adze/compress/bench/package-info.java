/**
 * {@code adze bench}: our kernels beside other engines and the machine's own limit, in one interleaved run on the same
 * weights and inputs. What a figure means is said in the class {@link dev.adze.compress.bench.Rounds} (how it is
 * measured) and {@link dev.adze.compress.bench.Samples} (how it is computed).
 */
package dev.adze.compress.bench;
