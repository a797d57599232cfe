/*
 * A layer over many steps of a window (adze_window_steps in adze_window.h), over a tier's vector primitives; a tier_*.c
 * file includes this after lstm.h.
 *
 * The products with the input of all steps come first, as one matrix product that reads every weight once for several
 * rows; then step by step those with h. An element's sum runs over k in the order of docs/arithmetic.md, through memory
 * between the two, so the bits are those of single steps. A tier may have its own product of a whole tile of int8 rows,
 * TILE_INT8_ROWS, with sums as exact as tile_int8's.
 */
#include "adze_window.h"

enum {
    TILE_ROWS = 6,                       /* rows (steps, sequences) that meet a weight while it is in a register */
    TILE_VECTORS = LANES == 8 ? 2 : 4,   /* with them, as many sums as registers: 24 of 32 or 12 of 16 */
    INT4_VECTORS = LANES == 8 ? 1 : 2    /* likewise, with a group's sums beside the totals */
};

/* Calls `call` with ROWS a constant: as many of `left` as a tile takes, and counts them in `taken`. */
#define WITH_ROWS(left, taken, call) \
    if ((left) >= TILE_ROWS) { enum { ROWS = TILE_ROWS }; call; taken = ROWS; } \
    else if ((left) >= 2) { enum { ROWS = 2 }; call; taken = ROWS; } \
    else { enum { ROWS = 1 }; call; taken = ROWS; }

/* Of n rows of weights, those whose prefetches still fall into the same n; what comes after is fetched from `after`. */
INLINE int32_t ahead_within(int32_t n, int32_t row_bytes) {
    const int32_t ahead = PREFETCH / row_bytes;
    return n > ahead ? n - ahead : 0;
}

/*
 * z[r][row] = fma over k of w[k][row], x[r][k], from start[r][row]; a block's 64 rows, `rows` of z. What is read after w
 * lies at `after`, so that prefetches near the end go there.
 */
INLINE void tile_real(const char *w, const char *after, int half, const float *x, int64_t x_stride, int32_t n,
                      const float *start, int64_t start_stride, float *z, int64_t z_stride, int rows) {
    const int weight_bytes = half ? 2 : 4;
    UNROLL
    for (int first = 0; first < ROW_VECTORS; first += TILE_VECTORS) {
        VF acc[TILE_ROWS][TILE_VECTORS];
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int j = 0; j < TILE_VECTORS; j++) {
                acc[r][j] = vf_load(start + r * start_stride + (first + j) * LANES);
            }
        }
        const char *p = w + first * LANES * weight_bytes;
        const int32_t whole = ahead_within(n, ADZE_ROWS * weight_bytes);
        int64_t ahead = PREFETCH;
        for (int32_t k = 0; k < n; k++, p += ADZE_ROWS * weight_bytes) {
            if (k == whole) {
                ahead = PREFETCH + (after - w) - (int64_t) n * ADZE_ROWS * weight_bytes;
            }
            VF weights[TILE_VECTORS];
            UNROLL
            for (int j = 0; j < TILE_VECTORS; j++) {
                if (j * LANES * weight_bytes % 64 == 0) {
                    __builtin_prefetch(p + j * LANES * weight_bytes + ahead, 0, 3);
                }
                weights[j] = load_weights(p, j * LANES, half);
            }
            UNROLL
            for (int r = 0; r < rows; r++) {
                VF v = vf_set1(x[r * x_stride + k]);
                UNROLL
                for (int j = 0; j < TILE_VECTORS; j++) {
                    acc[r][j] = vf_fma(weights[j], v, acc[r][j]);
                }
            }
        }
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int j = 0; j < TILE_VECTORS; j++) {
                vf_store(z + r * z_stride + (first + j) * LANES, acc[r][j]);
            }
        }
    }
}

/* sum[r][row] = sum over k of w[row][k] * digit[r][k], exact. */
INLINE void tile_int8(const int8_t *w, const int8_t *after, const uint8_t *digits, int64_t stride, int32_t groups,
                      const int32_t *offset, VI sum[TILE_ROWS][ROW_VECTORS], int rows) {
#ifdef TILE_INT8_ROWS
    if (rows == TILE_ROWS) {
        TILE_INT8_ROWS(w, after, digits, stride, groups, sum, rows);
        return;
    }
#endif
    UNROLL
    for (int first = 0; first < ROW_VECTORS; first += TILE_VECTORS) {
        VI acc[TILE_ROWS][TILE_VECTORS];
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int j = 0; j < TILE_VECTORS; j++) {
                acc[r][j] = DIGIT_BIAS ? vi_load(offset + (first + j) * LANES) : vi_zero();
            }
        }
        const int8_t *p = w + first * LANES * 4;
        const int32_t whole = ahead_within(groups, GROUP_BYTES);
        int64_t ahead = PREFETCH;
        for (int32_t g = 0; g < groups; g++, p += GROUP_BYTES) {
            if (g == whole) {
                ahead = PREFETCH + (after - w) - (int64_t) groups * GROUP_BYTES;
            }
            UNROLL
            for (int j = 0; j < TILE_VECTORS; j++) {
                if (j * LANES % 16 == 0) {
                    __builtin_prefetch(p + j * LANES * 4 + ahead, 0, 3);
                }
            }
            UNROLL
            for (int r = 0; r < rows; r++) {
                VX x = vx_load(digits + r * stride + 4 * g);
                UNROLL
                for (int j = 0; j < TILE_VECTORS; j++) {
                    acc[r][j] = vi_dot4(acc[r][j], p + j * LANES * 4, x);
                }
            }
        }
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int j = 0; j < TILE_VECTORS; j++) {
                sum[r][first + j] = acc[r][j];
            }
        }
    }
}

/* sum[r][row] = sum over groups of multiplier[row] * sum over k of q[row][k] * digit[r][k], exact. */
INLINE void tile_int4_rows(const uint8_t *w, const uint8_t *after, const uint8_t *digits, int64_t stride, int32_t groups,
                           const int32_t *start, int64_t start_stride, VI sum[TILE_ROWS][ROW_VECTORS], int rows) {
    for (int first = 0; first < ROW_VECTORS; first += INT4_VECTORS) {
        VI total[TILE_ROWS][INT4_VECTORS];
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int j = 0; j < INT4_VECTORS; j++) {
                total[r][j] = vi_zero();
            }
        }
        const uint8_t *p = w;
        const int32_t whole = ahead_within(groups, ADZE_GROUP_BYTES);
        int64_t ahead = PREFETCH;
        for (int32_t g = 0; g < groups; g++, p += ADZE_GROUP_BYTES) {
            if (g == whole) {
                ahead = PREFETCH + (after - w) - (int64_t) groups * ADZE_GROUP_BYTES;
            }
            if (first == 0) {
                __builtin_prefetch(p + ahead, 0, 3);
            }
            VG acc[TILE_ROWS][INT4_VECTORS];
            UNROLL
            for (int r = 0; r < rows; r++) {
                UNROLL
                for (int j = 0; j < INT4_VECTORS; j++) {
                    acc[r][j] = vg_start(start[r * start_stride + g]);
                }
            }
            UNROLL
            for (int eight = 0; eight < ADZE_GROUP / 8; eight++) {
                const uint8_t *weights = p + ADZE_ROWS + 4 * ADZE_ROWS * eight + 4 * LANES * first;
                UNROLL
                for (int j = 0; j < INT4_VECTORS; j++) {
                    if ((first + j) * LANES % 16 == 0) {
                        __builtin_prefetch(weights + j * LANES * 4 + ahead, 0, 3);
                    }
                }
                UNROLL
                for (int r = 0; r < rows; r++) {
                    const uint8_t *x = digits + r * stride + ADZE_GROUP * g + 8 * eight;
                    VD x0 = vd_load(x);
                    VD x1 = vd_load(x + 4);
                    UNROLL
                    for (int j = 0; j < INT4_VECTORS; j++) {
                        acc[r][j] = vg_dot8(acc[r][j], weights + j * LANES * 4, x0, x1);
                    }
                }
            }
            UNROLL
            for (int r = 0; r < rows; r++) {
                UNROLL
                for (int j = 0; j < INT4_VECTORS; j++) {
                    total[r][j] = vg_scale(total[r][j], acc[r][j], p + (first + j) * LANES);
                }
            }
        }
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int j = 0; j < INT4_VECTORS; j++) {
                sum[r][first + j] = total[r][j];
            }
        }
    }
}

/* For a constant number of rows; each once, as it is much code. */
#define TILE_INT4(ROWS) \
    static __attribute__((noinline)) void tile_int4_##ROWS( \
        const uint8_t *w, const uint8_t *after, const uint8_t *digits, int64_t stride, int32_t groups, const int32_t *start, \
        int64_t start_stride, VI sum[TILE_ROWS][ROW_VECTORS]) { \
        tile_int4_rows(w, after, digits, stride, groups, start, start_stride, sum, ROWS); \
    }
TILE_INT4(6)
TILE_INT4(2)
TILE_INT4(1)

INLINE void tile_int4(const uint8_t *w, const uint8_t *after, const uint8_t *digits, int64_t stride, int32_t groups,
                      const int32_t *start, int64_t start_stride, VI sum[TILE_ROWS][ROW_VECTORS], int rows) {
    switch (rows) {
        case TILE_ROWS: tile_int4_6(w, after, digits, stride, groups, start, start_stride, sum); break;
        case 2: tile_int4_2(w, after, digits, stride, groups, start, start_stride, sum); break;
        default: tile_int4_1(w, after, digits, stride, groups, start, start_stride, sum); break;
    }
}

/* As group_starts; a row's digits end with it, and what follows meets weights stored as 0. */
static void row_starts(const uint8_t *digits, int32_t size, int32_t *start) {
    for (int32_t g = 0; g < groups_of(size); g++) {
        const int32_t end = size < (g + 1) * ADZE_GROUP ? size : (g + 1) * ADZE_GROUP;
        int32_t sum = 0;
        for (int32_t k = g * ADZE_GROUP; k < end; k++) {
            sum += (int8_t) digits[k];
        }
        start[g] = -8 * sum;
    }
}

/* What the rows of a layer's chunk lie in. */
typedef struct {
    const adze_layer *layer;
    int64_t units;      /* with padding */
    int64_t z_stride;
    const float *x;     /* first input row, or */
    const uint8_t *high; /* its digits, and */
    const uint8_t *low; /* their low ones with */
    const float *scale; /* the scales, one a row */
    int32_t *starts;    /* int4: what groups' sums start with, of the inputs, their low digits and h */
    int64_t x_stride;
    float *z;
    const char *recurrent; /* weights that meet h: of the first block, and */
    size_t recurrent_stride; /* from block to block */
} window_rows;

/* The cell of `rows` rows of a block, from their sums. */
INLINE void update_rows(const float *z, int64_t z_stride, float *c, float *h, uint8_t *digits, int64_t units, int rows) {
    for (int r = 0; r < rows; r++) {
        VF sums[ROW_VECTORS];
        UNROLL
        for (int j = 0; j < ROW_VECTORS; j++) {
            sums[j] = vf_load(z + r * z_stride + j * LANES);
        }
        update_cell(sums, c + r * units, h + r * units, digits ? digits + r * units : 0, DIGIT_BIAS);
    }
}

INLINE void project_real_block(const window_rows *rows, int32_t block, int32_t count, int half) {
    const adze_layer *layer = rows->layer;
    const size_t row_bytes = ADZE_ROWS * (half ? 2 : 4);
    const size_t block_bytes = (size_t) (layer->input_size + layer->output_size) * row_bytes;
    const char *w = (const char *) layer->weights + (size_t) block * (size_t) (layer->input_size + layer->output_size) * row_bytes;
    const float *bias = layer->bias + block * ADZE_ROWS;
    for (int32_t r = 0, taken = 0; r < count; r += taken) {
        WITH_ROWS(count - r, taken,
                  tile_real(w, r + ROWS < count ? w : w + block_bytes, half, rows->x + r * rows->x_stride, rows->x_stride,
                            layer->input_size, bias, 0,
                            rows->z + r * rows->z_stride + block * ADZE_ROWS, rows->z_stride, ROWS))
    }
}

INLINE void recur_real_block(const window_rows *rows, int32_t block, int32_t block_after, const float *h, float *next, float *c,
                             float *z, int32_t count, int half) {
    const adze_layer *layer = rows->layer;
    const char *w = rows->recurrent + (size_t) block * rows->recurrent_stride;
    const char *after = rows->recurrent + (size_t) block_after * rows->recurrent_stride;
    const int64_t unit = block * ADZE_BLOCK;
    for (int32_t r = 0, taken = 0; r < count; r += taken) {
        float *sums = z + r * rows->z_stride + block * ADZE_ROWS;
        WITH_ROWS(count - r, taken,
                  tile_real(w, r + ROWS < count ? w : after, half, h + r * rows->units, rows->units, layer->output_size,
                            sums, rows->z_stride,
                            sums, rows->z_stride, ROWS);
                  update_rows(sums, rows->z_stride, c + r * rows->units + unit, next + r * rows->units + unit, 0,
                              rows->units, ROWS))
    }
}

/* z = fma(t, sx, bias) */
INLINE void start_rows(const adze_layer *layer, int32_t row, int j, VF t, float *z) {
    vf_store(z + j * LANES, vf_fma(t, vf_load(layer->input_factor + row + j * LANES), vf_load(layer->bias + row + j * LANES)));
}

INLINE int32_t starts_of(const adze_layer *layer) { return 2 * groups_of(layer->input_size) + groups_of(layer->output_size); }

/* The products of inputs (low: their low digits) with a block's weights, int8 or int4. */
INLINE void tile_inputs(const window_rows *rows, const uint8_t *w, const uint8_t *after, int32_t block, int32_t r, int low,
                        VI sum[TILE_ROWS][ROW_VECTORS], int count, int int4) {
    const adze_layer *layer = rows->layer;
    const uint8_t *digits = (low ? rows->low : rows->high) + r * rows->x_stride;
    if (int4) {
        const int32_t groups = groups_of(layer->input_size);
        tile_int4(w, after, digits, rows->x_stride, groups, rows->starts + r * starts_of(layer) + (low ? groups : 0),
                  starts_of(layer), sum, count);
    } else {
        tile_int8((const int8_t *) w, (const int8_t *) after, digits, rows->x_stride, (layer->input_size + 3) / 4,
                  layer->input_offset + block * ADZE_ROWS, sum, count);
    }
}

INLINE void project_one_digit(const window_rows *rows, const uint8_t *w, const uint8_t *after, int32_t block, int32_t r,
                              int count, int int4) {
    const int32_t row = block * ADZE_ROWS;
    VI sum[TILE_ROWS][ROW_VECTORS];
    tile_inputs(rows, w, after, block, r, 0, sum, count, int4);
    for (int i = 0; i < count; i++) {
        UNROLL
        for (int j = 0; j < ROW_VECTORS; j++) {
            start_rows(rows->layer, row, j, vf_from_vi(sum[i][j]), rows->z + (r + i) * rows->z_stride + row);
        }
    }
}

INLINE void project_two_digits(const window_rows *rows, const uint8_t *w, const uint8_t *after, int32_t block, int32_t r,
                               int count, int int4) {
    const int32_t row = block * ADZE_ROWS;
    VI high[TILE_ROWS][ROW_VECTORS];
    VI low[TILE_ROWS][ROW_VECTORS];
    tile_inputs(rows, w, w, block, r, 0, high, count, int4);
    tile_inputs(rows, w, after, block, r, 1, low, count, int4);
    for (int i = 0; i < count; i++) {
        UNROLL
        for (int j = 0; j < ROW_VECTORS; j++) {
            VF t = vf_mul(vf_fma(vf_from_vi(high[i][j]), vf_set1(128.0f), vf_from_vi(low[i][j])), vf_set1(rows->scale[r + i]));
            start_rows(rows->layer, row, j, t, rows->z + (r + i) * rows->z_stride + row);
        }
    }
}

/* Bytes of a block's weights for inputs of `size`. */
INLINE size_t matrix_bytes(int32_t size, int int4) {
    return int4 ? (size_t) groups_of(size) * ADZE_GROUP_BYTES : (size_t) ((size + 3) / 4) * GROUP_BYTES;
}

INLINE const uint8_t *integer_weights(const adze_layer *layer, int32_t block, int int4) {
    return (const uint8_t *) layer->weights
           + (size_t) block * (matrix_bytes(layer->input_size, int4) + matrix_bytes(layer->output_size, int4));
}

INLINE void project_integer_block(const window_rows *rows, int32_t block, int32_t count, int int4) {
    const uint8_t *w = integer_weights(rows->layer, block, int4);
    const uint8_t *after = integer_weights(rows->layer, block + 1, int4);
    for (int32_t r = 0, taken = 0; r < count; r += taken) {
        if (rows->low) {
            WITH_ROWS(count - r, taken, project_two_digits(rows, w, r + ROWS < count ? w : after, block, r, ROWS, int4))
        } else {
            WITH_ROWS(count - r, taken, project_one_digit(rows, w, r + ROWS < count ? w : after, block, r, ROWS, int4))
        }
    }
}

INLINE void recur_integer_tile(const window_rows *rows, const uint8_t *w, const uint8_t *after, int32_t block,
                               const uint8_t *digits, const int32_t *starts, uint8_t *next_digits, float *next, float *c,
                               float *z, int count, int int4) {
    const adze_layer *layer = rows->layer;
    const int32_t row = block * ADZE_ROWS;
    const int64_t unit = block * ADZE_BLOCK;
    VI sum[TILE_ROWS][ROW_VECTORS];
    if (int4) {
        tile_int4(w, after, digits, rows->units, groups_of(layer->output_size), starts, starts_of(layer), sum, count);
    } else {
        tile_int8((const int8_t *) w, (const int8_t *) after, digits, rows->units, (layer->output_size + 3) / 4,
                  layer->hidden_offset + row, sum, count);
    }
    for (int i = 0; i < count; i++) {
        VF sums[ROW_VECTORS];
        UNROLL
        for (int j = 0; j < ROW_VECTORS; j++) {
            sums[j] = vf_fma(vf_from_vi(sum[i][j]), vf_load(layer->hidden_factor + row + j * LANES),
                             vf_load(z + i * rows->z_stride + row + j * LANES));
        }
        update_cell(sums, c + i * rows->units + unit, next + i * rows->units + unit, next_digits + i * rows->units + unit,
                    int4 ? 0 : DIGIT_BIAS);
    }
}

INLINE void recur_integer_block(const window_rows *rows, int32_t block, int32_t block_after, const uint8_t *digits,
                                uint8_t *next_digits, float *next, float *c, float *z, int32_t count, int int4) {
    const uint8_t *w = (const uint8_t *) rows->recurrent + (size_t) block * rows->recurrent_stride;
    const uint8_t *after = (const uint8_t *) rows->recurrent + (size_t) block_after * rows->recurrent_stride;
    const int32_t *starts = rows->starts + 2 * groups_of(rows->layer->input_size);
    for (int32_t r = 0, taken = 0; r < count; r += taken) {
        const int64_t at = r * rows->units;
        WITH_ROWS(count - r, taken,
                  recur_integer_tile(rows, w, r + ROWS < count ? w : after, block, digits + at,
                                     starts + r * starts_of(rows->layer), next_digits + at, next + at, c + at,
                                     z + r * rows->z_stride, ROWS, int4))
    }
}

static void window_project(const window_rows *rows, int32_t blocks, int32_t count) {
    for (int32_t b = 0; b < blocks; b++) {
        switch (rows->layer->kind) {
            case ADZE_LSTM_FP32: project_real_block(rows, b, count, 0); break;
            case ADZE_LSTM_FP16: project_real_block(rows, b, count, 1); break;
            case ADZE_LSTM_INT4: project_integer_block(rows, b, count, 1); break;
            default: project_integer_block(rows, b, count, 0); break;
        }
    }
}

/* Zero state before the first step. */
static void window_begin(const adze_layer *layer, const adze_window_layer *place, int32_t sequences, char *memory) {
    const int64_t units = ((int64_t) layer->output_size + ADZE_BLOCK - 1) / ADZE_BLOCK * ADZE_BLOCK;
    memset(memory + place->hidden, 0, sizeof(float) * (size_t) (sequences * units));
    memset(memory + place->cell, 0, sizeof(float) * (size_t) (sequences * units));
    if (layer->kind == ADZE_LSTM_INT8 || layer->kind == ADZE_LSTM_INT4) {
        memset(memory + place->digits, bias_of(layer), (size_t) (sequences * units));
    }
}

/* Steps first..last-1, few enough for the layer's scratch memory. */
static void window_chunk(const adze_layer *layer, const adze_window_layer *place, int32_t sequences, char *memory,
                         int32_t first, int32_t last) {
    const int32_t blocks = (layer->output_size + ADZE_BLOCK - 1) / ADZE_BLOCK;
    const int64_t units = (int64_t) blocks * ADZE_BLOCK;
    const int int4 = layer->kind == ADZE_LSTM_INT4;
    const int integers = int4 || layer->kind == ADZE_LSTM_INT8;
    const int two_digits = integers && layer->option == 2;
    const int32_t count = (last - first) * sequences;
    const int64_t begin = (int64_t) first * sequences;
    window_rows rows = {.layer = layer, .units = units, .z_stride = (int64_t) blocks * ADZE_ROWS,
                        .starts = (int32_t *) (memory + place->group_starts), .x_stride = place->input_stride,
                        .z = (float *) (memory + place->sums)};
    const size_t input_bytes = adze_matrix_bytes(layer->kind, layer->input_size);
    rows.recurrent_stride = adze_matrix_bytes(layer->kind, layer->output_size);
    if (place->recurrent) {
        rows.recurrent = place->recurrent;
    } else {
        rows.recurrent = (const char *) layer->weights + input_bytes;
        rows.recurrent_stride += input_bytes;
    }
    if (two_digits) {
        const float *x = (const float *) (memory + place->input) + begin * place->input_stride;
        const int32_t group = int4 ? ADZE_GROUP : 4;
        const int64_t padded = (place->input_stride + group - 1) / group * group;
        uint8_t *high = (uint8_t *) (memory + place->input_digits);
        uint8_t *low = (uint8_t *) (memory + place->input_low);
        float *scale = (float *) (memory + place->input_scale);
        for (int32_t r = 0; r < count; r++) {
            scale[r] = split_digits(x + r * place->input_stride, layer->input_size, high + r * padded, low + r * padded,
                                    bias_of(layer));
        }
        rows.high = high;
        rows.low = low;
        rows.scale = scale;
        rows.x_stride = padded;
    } else if (integers && layer->input_low) {
        const uint8_t *others = (const uint8_t *) (memory + place->input_low) + begin * place->input_stride;
        const int32_t group = int4 ? ADZE_GROUP : 4;
        const int64_t padded = (place->input_stride + group - 1) / group * group;
        uint8_t *own = (uint8_t *) (memory + place->input_digits);
        for (int32_t r = 0; r < count; r++) {
            translate_digits(own + r * padded, others + r * place->input_stride, layer->input_size);
        }
        rows.high = own;
        rows.x_stride = padded;
    } else if (integers) {
        rows.high = (const uint8_t *) (memory + place->input_digits) + begin * place->input_stride;
    } else {
        rows.x = (const float *) (memory + place->input) + begin * place->input_stride;
    }
    for (int32_t r = 0; int4 && r < count; r++) {
        int32_t *starts = rows.starts + r * starts_of(layer);
        row_starts(rows.high + r * rows.x_stride, layer->input_size, starts);
        if (two_digits) {
            row_starts(rows.low + r * rows.x_stride, layer->input_size, starts + groups_of(layer->input_size));
        }
    }
    window_project(&rows, blocks, count);
    float *hidden = (float *) (memory + place->hidden);
    uint8_t *digits = (uint8_t *) (memory + place->digits);
    float *c = (float *) (memory + place->cell);
    for (int32_t t = first; t < last; t++) {
        const int64_t now = (int64_t) t * sequences * units;
        const int64_t next = now + sequences * units;
        float *z = rows.z + (int64_t) (t - first) * sequences * rows.z_stride;
        for (int32_t r = 0; int4 && r < sequences; r++) {
            row_starts(digits + now + r * units, layer->output_size,
                       rows.starts + r * starts_of(layer) + 2 * groups_of(layer->input_size));
        }
        /* To and fro: the blocks read last, which the second-level cache still holds, come first in the next step. */
        const int32_t turn = t & 1 ? -1 : 1;
        for (int32_t i = 0; i < blocks; i++) {
            const int32_t b = turn > 0 ? i : blocks - 1 - i;
            const int32_t after = i + 1 < blocks ? b + turn : b;
            switch (layer->kind) {
                case ADZE_LSTM_FP32: recur_real_block(&rows, b, after, hidden + now, hidden + next, c, z, sequences, 0); break;
                case ADZE_LSTM_FP16: recur_real_block(&rows, b, after, hidden + now, hidden + next, c, z, sequences, 1); break;
                case ADZE_LSTM_INT4:
                    recur_integer_block(&rows, b, after, digits + now, digits + next, hidden + next, c, z, sequences, 1);
                    break;
                default:
                    recur_integer_block(&rows, b, after, digits + now, digits + next, hidden + next, c, z, sequences, 0);
                    break;
            }
        }
    }
}

static void window_steps(const adze_layer *layer, const adze_window_layer *place, int32_t sequences, char *memory,
                         int32_t first, int32_t last) {
    const int32_t at_once = sequences >= ADZE_WINDOW_ROWS ? 1 : ADZE_WINDOW_ROWS / sequences;
    for (int32_t t = first; t < last; t += at_once) {
        window_chunk(layer, place, sequences, memory, t, t + at_once < last ? t + at_once : last);
    }
}

#define WINDOW_VARIABLE_OF(tier) tier##_window
#define WINDOW_VARIABLE(tier) WINDOW_VARIABLE_OF(tier)
const adze_window_tier WINDOW_VARIABLE(TIER_VARIABLE) = {TIER_NAME, window_begin, window_steps};
