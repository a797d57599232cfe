/**
 * Writes models for other engines, one file a format, and runs every written file in its own engine beside the
 * bundle's runtime before it may carry its final name. docs/exports.md tells what each form holds.
 */
package dev.adze.compress.export;
