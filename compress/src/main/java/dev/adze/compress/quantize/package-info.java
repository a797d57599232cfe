/** Fewer bits a weight; the arithmetic that the device runs on them is in docs/arithmetic.md. */
package dev.adze.compress.quantize;
