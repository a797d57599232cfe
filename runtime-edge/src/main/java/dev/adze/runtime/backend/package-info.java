/**
 * Engines that can run a bundle on this machine, and the choice between them by measuring. Adze's own kernels are always
 * there; others are found by {@link java.util.ServiceLoader} and are never needed.
 */
package dev.adze.runtime.backend;
