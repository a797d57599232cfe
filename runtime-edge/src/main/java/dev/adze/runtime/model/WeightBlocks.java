package dev.adze.runtime.model;

/**
 * The blocks of an int8 matrix of an LSTM layer in which block sparsity counts: {@value #ROWS} units of one gate by
 * {@value #COLUMNS} columns, as many as an integer dot product takes at once (8 x 4 in LPCNet's int8 kernels). Blocks at the
 * ends of a gate or of a row may be smaller. They are numbered row of blocks by row of blocks, gate after gate.
 *
 * @param units   of the layer; the matrix has four times as many rows
 * @param columns of the matrix
 */
public record WeightBlocks(int units, int columns) {
    public static final int ROWS = 16;
    public static final int COLUMNS = 4;
    private static final int GATES = 4;
    /** From this share of zero blocks on leaving them out saves more than finding the others costs. */
    private static final double WORTHWHILE = 0.1;

    /** Rows of blocks of one gate. */
    public int unitBlocks() {
        return (units + ROWS - 1) / ROWS;
    }

    /** Rows of blocks. */
    public int blockRows() {
        return GATES * unitBlocks();
    }

    /** Blocks of one row of blocks. */
    public int groups() {
        return (columns + COLUMNS - 1) / COLUMNS;
    }

    public int count() {
        return blockRows() * groups();
    }

    /** First row of the matrix in a row of blocks. */
    public int firstRow(int blockRow) {
        return blockRow / unitBlocks() * units + blockRow % unitBlocks() * ROWS;
    }

    /** Rows of the matrix in a row of blocks, {@value #ROWS} at most. */
    public int rowsOf(int blockRow) {
        return Math.min(ROWS, units - blockRow % unitBlocks() * ROWS);
    }

    /** Columns of the matrix in a block, {@value #COLUMNS} at most. */
    public int columnsOf(int group) {
        return Math.min(COLUMNS, columns - group * COLUMNS);
    }

    /** Which blocks hold a weight other than zero. */
    public boolean[] kept(byte[] matrix) {
        boolean[] kept = new boolean[count()];
        for (int blockRow = 0; blockRow < blockRows(); blockRow++) {
            int row = firstRow(blockRow);
            for (int at = row * columns, k = 0; at < (row + rowsOf(blockRow)) * columns; at++) {
                kept[blockRow * groups() + k / COLUMNS] |= matrix[at] != 0;
                k = k + 1 == columns ? 0 : k + 1;
            }
        }
        return kept;
    }

    /** Weights that lie in the blocks which are not kept. */
    public long weightsLeftOut(boolean[] kept) {
        long weights = 0;
        for (int block = 0; block < kept.length; block++) {
            weights += kept[block] ? 0 : (long) rowsOf(block / groups()) * columnsOf(block % groups());
        }
        return weights;
    }

    /** Whether so many blocks are zero that it pays to leave them out. */
    public boolean worthwhile(boolean[] kept) {
        int count = 0;
        for (boolean block : kept) {
            count += block ? 1 : 0;
        }
        return count > 0 && count <= (1 - WORTHWHILE) * kept.length;
    }
}
