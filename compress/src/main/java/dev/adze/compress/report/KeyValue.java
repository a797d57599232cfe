package dev.adze.compress.report;

/** One line of provenance or method: {@code ("data sha256", "9f86d0…")}. */
public record KeyValue(String key, String value) {}
