package dev.adze.agent.sensor.host;

import java.util.Arrays;

/**
 * Counters of the devices that a file lists one a line, found again by name. Allocates only when a device is new.
 * Rows hold {@code columns} counters each, of this reading and of the last.
 */
final class DeviceTable {
    /** More disks or network ports than any device of ours has; further ones are left out. */
    private static final int MAX_DEVICES = 256;

    private final int columns;
    private String[] names = new String[0];
    private boolean[] counted = new boolean[0];
    private boolean[] primed = new boolean[0];
    private long[] previous = new long[0];

    DeviceTable(int columns) {
        this.columns = columns;
    }

    int find(ProcText line) {
        for (int i = 0; i < names.length; i++) {
            if (line.wordIs(names[i])) {
                return i;
            }
        }
        return -1;
    }

    /** Row of a new device, or -1 if there are too many. */
    int add(String name, boolean count) {
        int row = names.length;
        if (row == MAX_DEVICES) {
            return -1;
        }
        names = Arrays.copyOf(names, row + 1);
        counted = Arrays.copyOf(counted, row + 1);
        primed = Arrays.copyOf(primed, row + 1);
        previous = Arrays.copyOf(previous, (row + 1) * columns);
        names[row] = name;
        counted[row] = count;
        return row;
    }

    boolean counted(int row) {
        return counted[row];
    }

    /** What a counter grew by since the last reading, at least 0; 0 the first time the device is seen. */
    long growth(int row, int column, long now) {
        int at = row * columns + column;
        long delta = primed[row] ? Math.max(0, now - previous[at]) : 0;
        previous[at] = now;
        return delta;
    }

    void markRead(int row) {
        primed[row] = true;
    }
}
