package dev.adze.compress.data;

/**
 * Where the time of a row stands.
 *
 * @param column       the column's name without its unit; empty: the first one named time, timestamp, date, datetime,
 *                     date_time, ts or utc, whatever its case; {@code none}: rows have no time
 * @param unit         of a number since 1970-01-01 UTC (or since any start): {@code s}, {@code ms}, {@code us} or
 *                     {@code ns}; empty: as the header says ({@code time[ms]}), and without a unit there the column
 *                     holds text
 * @param format       of text, in strptime letters ({@code %d.%m.%Y %H:%M:%S}); empty: ISO 8601. Text without an
 *                     offset is taken as UTC
 * @param periodMillis nominal time between rows; 0: the median of what the rows show
 */
public record TimeSpec(String column, String unit, String format, long periodMillis) {
    /** Find the column, take its unit from the header, measure the period. */
    public static final TimeSpec AUTO = new TimeSpec("", "", "", 0);
    /** Rows have no time. */
    public static final TimeSpec NONE = new TimeSpec("none", "", "", 0);

    boolean none() {
        return column.equals("none");
    }
}
