/*
 * Windows: whole stretches of steps of one layer, for one or more sequences of the same length, from zero state. The
 * products with the inputs of many steps are one matrix product; the bits are those of adze_step. Layers may run on
 * different threads, each a few steps behind the one before.
 *
 * Offsets are bytes from the start of one block of memory, multiples of 64, as the block's address; a "row" is a sequence
 * at a step, and rows of a step lie side by side. Units are a layer's with padding to a multiple of 16.
 */
#ifndef ADZE_WINDOW_H
#define ADZE_WINDOW_H

#include <stddef.h>

#include "adze.h"

typedef struct adze_window_layer {
    int64_t input;        /* input values, float [steps][sequences][input_stride]; of a layer after an LSTM, its hidden
                             values of the same step */
    int64_t input_digits; /* int8, int4: one digit a value, bytes likewise; with two digits scratch for the high ones,
                             [rows at once][inputs padded to fours, in int4 to groups of 32]; what pads them is zero.
                             In int4 up to 31 bytes after one-digit rows are read too */
    int64_t input_low;    /* int8, int4 with two digits: scratch for the low ones, likewise; with one digit, where the layer
                             has an input_low too, the rows of digits to translate into input_digits, scratch then */
    int64_t input_scale;  /* int8, int4 with two digits: scratch, float [rows at once] */
    int64_t group_starts; /* int4: scratch, 32-bit integers [rows at once][groups of the inputs twice, of h once] */
    int64_t input_stride; /* values from row to row; units of the layer before, or the network's inputs */
    int64_t sums;         /* scratch, float [rows at once][4 * units] */
    int64_t hidden;       /* h, float [steps + 1][sequences][units]; the first is the zero state */
    int64_t digits;       /* int8, int4: digits of h, bytes likewise; in int4 with 31 readable bytes after them */
    int64_t cell;         /* c after the newest step, float [sequences][units] */
    const void *recurrent; /* adze_window_weights of the layer, or null: then they are read where they lie */
} adze_window_layer;

/* Scratch memory holds so many rows, or the sequences if they are more; 30 rows of 2,240 sums lie in a second-level cache. */
enum { ADZE_WINDOW_ROWS = 30 };
ADZE_EXPORT int32_t adze_window_rows(void);

/* Whether the plan's tier has windows; all its recurrent layers must be LSTM layers. */
ADZE_EXPORT int32_t adze_window_usable(const adze_plan *plan);

/*
 * The weights that meet h, block after block: without those of the inputs between them more of them stays in the second-level
 * cache from step to step. Returns their bytes, and writes them unless `copy` (aligned to 64 bytes) is null.
 */
ADZE_EXPORT int64_t adze_window_weights(const adze_plan *plan, int32_t layer, void *copy);

/* Zero state of an LSTM layer before step 0. */
ADZE_EXPORT void adze_window_begin(const adze_plan *plan, int32_t layer, const adze_window_layer *place,
                                   int32_t sequences, void *memory);

/* Steps first..last-1 of an LSTM layer. Its input rows of these steps are there, and its steps before first are done. */
ADZE_EXPORT void adze_window_steps(const adze_plan *plan, int32_t layer, const adze_window_layer *place,
                                   int32_t sequences, void *memory, int32_t first, int32_t last);

/* Bytes of a block's weights for `size` inputs or hidden values. */
static inline size_t adze_matrix_bytes(int32_t kind, int32_t size) {
    const size_t n = (size_t) size;
    switch (kind) {
        case ADZE_LSTM_FP32: return n * ADZE_ROWS * 4;
        case ADZE_LSTM_FP16: return n * ADZE_ROWS * 2;
        case ADZE_LSTM_INT4: return (n + ADZE_GROUP - 1) / ADZE_GROUP * ADZE_GROUP_BYTES;
        default: return (n + 3) / 4 * 4 * ADZE_ROWS;
    }
}

/* A tier's part; inside the library only. */
typedef struct adze_window_tier {
    const char *name;
    void (*begin)(const adze_layer *layer, const adze_window_layer *place, int32_t sequences, char *memory);
    void (*steps)(const adze_layer *layer, const adze_window_layer *place, int32_t sequences, char *memory,
                  int32_t first, int32_t last);
} adze_window_tier;

#endif
