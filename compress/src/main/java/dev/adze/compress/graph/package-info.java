/** A network's time step as operators, before and after fusion: what is computed, and what goes to memory and back. */
package dev.adze.compress.graph;
