package dev.adze.runtime.kernel;

/**
 * Whether the native kernel leaves out int8 products that change nothing: columns whose digits stand still
 * ({@link dev.adze.runtime.model.Lstm#hold}) and blocks of zero weights. The bits are the same in all three.
 */
public enum Skipping {
    /** In layers in which finding what to leave out costs less than it saves; what a model is loaded with. */
    WHERE_IT_PAYS,
    /** In every layer that has anything to leave out, however small: for measurements and tests. */
    ALWAYS,
    /** Nowhere: for measurements and tests. */
    NEVER
}
