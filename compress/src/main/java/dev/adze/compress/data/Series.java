package dev.adze.compress.data;

/**
 * Consecutive rows of one unit (engine, machine, experiment) that belong together: no state, window, fill-in or
 * target ever crosses from one series to another. Several series share a unit when a recording was cut at gaps.
 *
 * @param unitId   the unit's name; empty where the recording knows no units
 * @param startRow first row in the recording
 * @param rowCount at least 1
 */
public record Series(String unitId, int startRow, int rowCount) {
    public Series {
        if (startRow < 0 || rowCount < 1) {
            throw new IllegalArgumentException("series " + unitId + ": " + rowCount + " rows from row " + startRow);
        }
    }

    /** The row after the last. */
    public int endRow() {
        return startRow + rowCount;
    }
}
