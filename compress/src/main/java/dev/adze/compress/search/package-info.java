/** Search over recipes: what to try (a space), what is tried next (a model of the error), when to stop a trial, the front. */
package dev.adze.compress.search;
