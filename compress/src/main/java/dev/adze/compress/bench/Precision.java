package dev.adze.compress.bench;

import java.util.Locale;

/** How an engine stores the big matrices; every engine's int8 is made from the same fp32 weights by its own rules. */
enum Precision {
    FP32, INT8;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
