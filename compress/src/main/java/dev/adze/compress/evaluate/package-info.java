/** How good a model is on the held-out part, always by the edge runtime's own arithmetic, never by the trainer's. */
package dev.adze.compress.evaluate;
