/**
 * The arithmetic of a network's time step. docs/arithmetic.md fixes every rounding, so that all kernels give the same
 * bits; the {@code scalar} kernel is that text as plain loops and serves as the oracle, the {@code vector} kernel is
 * the fast one. {@link dev.adze.runtime.kernel.KernelChoice} alone decides between them.
 */
package dev.adze.runtime.kernel;
