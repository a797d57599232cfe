package dev.adze.compress.advise;

import java.util.List;

/**
 * @param reasons what was found and what follows, a line each
 * @param recipe  YAML that {@code adze run} takes
 */
public record Advice(List<String> reasons, String recipe) {}
