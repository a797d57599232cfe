/**
 * What a run has to show: records that hold it ({@link dev.adze.compress.report.RunReport}), their JSON file
 * ({@link dev.adze.compress.report.ReportJson}), the self-contained page ({@link dev.adze.compress.report.HtmlReport})
 * and aligned text for the console ({@link dev.adze.compress.report.ConsoleTable}). Nothing here measures or trains.
 */
package dev.adze.compress.report;
