/**
 * The typed description of a recurrent network. Kernels, training graphs, exporters, parameter counts and
 * pictures derive from it by pattern matching over the sealed {@link dev.adze.runtime.model.Layer}; a new
 * kind of layer makes the compiler list what is missing.
 */
package dev.adze.runtime.model;
