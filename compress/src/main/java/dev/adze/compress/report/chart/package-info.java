/**
 * A small chart kit: numbers in, an SVG string out. Pure functions, no state, no library; colours come from CSS
 * variables so that one picture serves light and dark pages.
 */
package dev.adze.compress.report.chart;
