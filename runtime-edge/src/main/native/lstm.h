/*
 * A network's time step over a tier's vector primitives; a tier_*.c file includes its vec_*.h and then this.
 *
 * A vec_*.h defines
 *   LANES                             floats of a vector: 1, 4, 8 or 16
 *   ROW_VECTORS_AT_ONCE               vectors of rows whose sums stay in registers together
 *   VF, vf_load, vf_store, vf_set1, vf_mul, vf_div, vf_fma(a, b, c) = a * b + c in one rounding,
 *   vf_load_half                      LANES floats from half precision, exact
 *   vf_above(x, limit, value, other)  x > limit ? value : other, lane by lane
 *   vf_below(x, limit, value, other)  x < limit ? value : other
 *   VI, vi_load, vi_zero, vi_add, vi_sub, vi_store, vf_from_vi (to nearest even)
 *   vi_round(v, limit)                v clamped to +-limit, rounded to nearest even, NaN to 0
 *   VX, vx_load                       four digits, ready for
 *   vi_dot4(acc, w, x)                acc[row] += sum over four k of w[row][k] * x[k], exact
 *   vq_store(bytes, v, bias)          LANES digits from integers, as bytes with a bias added
 *   DIGIT_BIAS                        what int8's digits are stored with: 0, or 128 where bytes must be unsigned
 *   VG, vg_start(start), VD, vd_load  int4: sums of one group of 32 k, begun with `start`; four digits, ready for
 *   vg_dot8(acc, w, x0, x1)           acc[row] += sum over eight k of (q[row][k] + 8) * x[k]; in the end
 *   vg_scale(total, acc, m)           total[row] += acc[row] * m[row]; acc lies within 16 bits by then
 *   GROUP_VECTORS_AT_ONCE             as ROW_VECTORS_AT_ONCE
 *   vr_read                           see adze_read
 *   UNROLL                            a pragma that unrolls the following loop wholly
 */
#include <stdint.h>
#include <string.h>

#include "tier.h"

#define INLINE static inline __attribute__((always_inline))

enum {
    GATE_VECTORS = ADZE_BLOCK / LANES,
    ROW_VECTORS = ADZE_ROWS / LANES,
    GROUP_BYTES = 4 * ADZE_ROWS, /* a block's rows for four k in int8 */
    /* A read takes about 100 ns to come from the third-level cache, at some 30 bytes a cycle (docs/results). */
    PREFETCH = 4096
};

/* ---- activations ------------------------------------------------------------------------------------------------ */

/* x P(y)/Q(y), y = x*x; coefficients and error as in ScalarMath. */
INLINE VF activate_tanh(VF x) {
    const VF one = vf_set1(1.0f);
    VF y = vf_mul(x, x);
    VF p = vf_fma(vf_set1(0x1.06b8eep-26f), y, vf_set1(0x1.7013cep-16f));
    p = vf_fma(p, y, vf_set1(0x1.d47e0cp-9f));
    p = vf_fma(p, y, vf_set1(0x1.1363eep-3f));
    p = vf_fma(p, y, one);
    VF q = vf_fma(vf_set1(0x1.cae696p-21f), y, vf_set1(0x1.6629fcp-12f));
    q = vf_fma(q, y, vf_set1(0x1.acd914p-6f));
    q = vf_fma(q, y, vf_set1(0x1.df074ap-2f));
    q = vf_fma(q, y, one);
    VF r = vf_div(vf_mul(x, p), q);
    r = vf_above(x, vf_set1(8.1f), one, r);
    return vf_below(x, vf_set1(-8.1f), vf_set1(-1.0f), r);
}

INLINE VF activate_sigmoid(VF x) {
    const VF half = vf_set1(0.5f);
    return vf_fma(half, activate_tanh(vf_mul(half, x)), half);
}

/* As ScalarMath's: x/2 (1 + tanh(u)), 0 where tanh is -1. */
INLINE VF activate_gelu(VF x) {
    VF half = vf_mul(vf_set1(0.5f), x);
    VF u = vf_mul(x, vf_fma(vf_set1(0x1.2444f2p-5f), vf_mul(x, x), vf_set1(0x1.988454p-1f)));
    return vf_below(u, vf_set1(-8.1f), vf_set1(0.0f), vf_fma(half, activate_tanh(u), half));
}

INLINE void activate_array(VF (*activate)(VF), const float *x, float *y, int64_t n) {
    float buffer[LANES];
    for (int64_t i = 0; i < n; i += LANES) {
        size_t bytes = sizeof(float) * (size_t) (n - i < LANES ? n - i : LANES);
        memset(buffer, 0, sizeof buffer);
        memcpy(buffer, x + i, bytes);
        vf_store(buffer, activate(vf_load(buffer)));
        memcpy(y + i, buffer, bytes);
    }
}

static void tanh_array(const float *x, float *y, int64_t n) {
    activate_array(activate_tanh, x, y, n);
}

static void sigmoid_array(const float *x, float *y, int64_t n) {
    activate_array(activate_sigmoid, x, y, n);
}

static void gelu_array(const float *x, float *y, int64_t n) {
    activate_array(activate_gelu, x, y, n);
}

/* ---- digits ----------------------------------------------------------------------------------------------------- */

/* h to one digit a value: clamp(rint(h * 127)). */
INLINE void digits_of_hidden(VF h, uint8_t *digits, int bias) {
    vq_store(digits, vi_round(vf_mul(h, vf_set1(127.0f)), 127.0f), bias);
}

/*
 * x[0..n) to two digits a value, x = (128 high + low) * scale; returns the scale. The arrays are padded to fours, and
 * weights are zero where they are padded.
 */
INLINE float split_digits(const float *x, int32_t n, uint8_t *high, uint8_t *low, int bias) {
    uint32_t max_bits = 0; /* the order of magnitudes is that of their bits, with NaN above all */
    for (int32_t k = 0; k < n; k++) {
        uint32_t bits;
        memcpy(&bits, x + k, sizeof bits);
        bits &= 0x7fffffffu;
        max_bits = bits > max_bits ? bits : max_bits;
    }
    float m;
    memcpy(&m, &max_bits, sizeof m);
    if (m < 0x1p-100f) {
        memset(high, bias, (size_t) n);
        memset(low, bias, (size_t) n);
        return 0.0f;
    }
    const VF inverse = vf_set1(16256.0f / m);
    for (int32_t k = 0; k < n; k += LANES) {
        int32_t count = n - k < LANES ? n - k : LANES;
        float values[LANES] = {0};
        int32_t q[LANES];
        memcpy(values, x + k, sizeof(float) * (size_t) count);
        vi_store(q, vi_round(vf_mul(vf_load(values), inverse), 16256.0f));
        for (int32_t j = 0; j < count; j++) {
            int32_t hi = (q[j] + 64) >> 7;
            high[k + j] = (uint8_t) (hi + bias);
            low[k + j] = (uint8_t) (q[j] - hi * 128 + bias);
        }
    }
    return m / 16256.0f;
}

/* ---- the cell --------------------------------------------------------------------------------------------------- */

/* From a block's pre-activations z[gate][unit]: updates c and writes h. Returns nothing else: digits are the caller's. */
INLINE void update_cell(const VF z[ROW_VECTORS], float *c, float *h, uint8_t *digits, int bias) {
    UNROLL
    for (int j = 0; j < GATE_VECTORS; j++) {
        VF in = activate_sigmoid(z[j]);
        VF forget = activate_sigmoid(z[GATE_VECTORS + j]);
        VF candidate = activate_tanh(z[2 * GATE_VECTORS + j]);
        VF out = activate_sigmoid(z[3 * GATE_VECTORS + j]);
        VF cell = vf_fma(forget, vf_load(c + j * LANES), vf_mul(in, candidate));
        VF hidden = vf_mul(out, activate_tanh(cell));
        vf_store(c + j * LANES, cell);
        vf_store(h + j * LANES, hidden);
        if (digits) {
            digits_of_hidden(hidden, digits + j * LANES, bias);
        }
    }
}

/* ---- fp32 and fp16 ---------------------------------------------------------------------------------------------- */

/* LANES weights from `index` on, in single or half precision; the conversion is exact. */
INLINE VF load_weights(const char *w, int32_t index, int half) {
    return half ? vf_load_half((const uint16_t *) w + index) : vf_load((const float *) w + index);
}

/* z[row] = fma(w[k][row], x[k], z[row]) for k ascending; `w` is [n][64 rows]. */
INLINE void add_products(const char *w, int half, const float *x, int32_t n, VF z[ROW_VECTORS]) {
    const int weight_bytes = half ? 2 : 4;
    UNROLL
    for (int first = 0; first < ROW_VECTORS; first += ROW_VECTORS_AT_ONCE) {
        VF acc[ROW_VECTORS_AT_ONCE];
        UNROLL
        for (int j = 0; j < ROW_VECTORS_AT_ONCE; j++) {
            acc[j] = z[first + j];
        }
        const char *p = w + first * LANES * weight_bytes;
        for (int32_t k = 0; k < n; k++, p += ADZE_ROWS * weight_bytes) {
            VF v = vf_set1(x[k]);
            UNROLL
            for (int j = 0; j < ROW_VECTORS_AT_ONCE; j++) {
                if (j * LANES * weight_bytes % 64 == 0) {
                    __builtin_prefetch(p + j * LANES * weight_bytes + PREFETCH, 0, 3);
                }
                acc[j] = vf_fma(load_weights(p, j * LANES, half), v, acc[j]);
            }
        }
        UNROLL
        for (int j = 0; j < ROW_VECTORS_AT_ONCE; j++) {
            z[first + j] = acc[j];
        }
    }
}

/* Blocks first..last-1 of the layer; the new h goes to `next`. */
INLINE void lstm_real(const adze_layer *layer, char *state, int32_t first, int32_t last, int half) {
    const float *x = (const float *) (state + layer->input);
    const float *h = (const float *) (state + layer->output);
    float *c = (float *) (state + layer->cell);
    float *next = (float *) (state + layer->next);
    const size_t row_bytes = ADZE_ROWS * (half ? 2 : 4);
    const int32_t inputs = layer->input_size;
    const int32_t hidden = layer->output_size;
    const char *w = (const char *) layer->weights + (size_t) first * (size_t) (inputs + hidden) * row_bytes;
    for (int32_t b = first; b < last; b++) {
        VF z[ROW_VECTORS];
        UNROLL
        for (int j = 0; j < ROW_VECTORS; j++) {
            z[j] = vf_load(layer->bias + b * ADZE_ROWS + j * LANES);
        }
        add_products(w, half, x, inputs, z);
        w += (size_t) inputs * row_bytes;
        add_products(w, half, h, hidden, z);
        w += (size_t) hidden * row_bytes;
        update_cell(z, c + b * ADZE_BLOCK, next + b * ADZE_BLOCK, 0, 0);
    }
}

static void lstm_fp32(const adze_layer *layer, char *state, int32_t first, int32_t last) {
    lstm_real(layer, state, first, last, 0);
}

static void lstm_fp16(const adze_layer *layer, char *state, int32_t first, int32_t last) {
    lstm_real(layer, state, first, last, 1);
}

/* ---- from integer sums to pre-activations ----------------------------------------------------------------------- */

/* z = fma(fma(hi, 128, lo) * scale, sx, bias) */
INLINE void begin_two_digits(const adze_layer *layer, int32_t row, const VI high[ROW_VECTORS], const VI low[ROW_VECTORS],
                             float scale, VF z[ROW_VECTORS]) {
    UNROLL
    for (int j = 0; j < ROW_VECTORS; j++) {
        VF t = vf_fma(vf_from_vi(high[j]), vf_set1(128.0f), vf_from_vi(low[j]));
        z[j] = vf_fma(vf_mul(t, vf_set1(scale)), vf_load(layer->input_factor + row + j * LANES),
                      vf_load(layer->bias + row + j * LANES));
    }
}

/* z = fma(x, sx, bias) */
INLINE void begin_one_digit(const adze_layer *layer, int32_t row, const VI sum[ROW_VECTORS], VF z[ROW_VECTORS]) {
    UNROLL
    for (int j = 0; j < ROW_VECTORS; j++) {
        z[j] = vf_fma(vf_from_vi(sum[j]), vf_load(layer->input_factor + row + j * LANES),
                      vf_load(layer->bias + row + j * LANES));
    }
}

/* z = fma(h, sh, z) */
INLINE void add_hidden(const adze_layer *layer, int32_t row, const VI sum[ROW_VECTORS], VF z[ROW_VECTORS]) {
    UNROLL
    for (int j = 0; j < ROW_VECTORS; j++) {
        z[j] = vf_fma(vf_from_vi(sum[j]), vf_load(layer->hidden_factor + row + j * LANES), z[j]);
    }
}

/* ---- int8 ------------------------------------------------------------------------------------------------------- */

/* sum[row] = sum over k of w[row][k] * digit[k], exact; `w` is [groups][64 rows][4 k]. */
INLINE void multiply_int8(const int8_t *w, const uint8_t *digits, int32_t groups, const int32_t *offset,
                          VI sum[ROW_VECTORS]) {
    UNROLL
    for (int first = 0; first < ROW_VECTORS; first += ROW_VECTORS_AT_ONCE) {
        VI acc[ROW_VECTORS_AT_ONCE];
        UNROLL
        for (int j = 0; j < ROW_VECTORS_AT_ONCE; j++) {
            acc[j] = DIGIT_BIAS ? vi_load(offset + (first + j) * LANES) : vi_zero();
        }
        const int8_t *p = w + first * LANES * 4;
        for (int32_t g = 0; g < groups; g++, p += GROUP_BYTES) {
            VX x = vx_load(digits + 4 * g);
            UNROLL
            for (int j = 0; j < ROW_VECTORS_AT_ONCE; j++) {
                if (j * LANES % 16 == 0) {
                    __builtin_prefetch(p + j * LANES * 4 + PREFETCH, 0, 3);
                }
                acc[j] = vi_dot4(acc[j], p + j * LANES * 4, x);
            }
        }
        UNROLL
        for (int j = 0; j < ROW_VECTORS_AT_ONCE; j++) {
            sum[first + j] = acc[j];
        }
    }
}

/* Blocks first..last-1 of the layer; the digits of the new h go to `next`. */
static void lstm_int8(const adze_layer *layer, char *state, int32_t first, int32_t last) {
    float *h = (float *) (state + layer->output);
    float *c = (float *) (state + layer->cell);
    const uint8_t *x = (const uint8_t *) (state + layer->input_digits);
    const uint8_t *low = (const uint8_t *) (state + layer->input_low);
    const uint8_t *digits = (const uint8_t *) (state + layer->output_digits);
    uint8_t *next = (uint8_t *) (state + layer->next);
    const int32_t input_groups = (layer->input_size + 3) / 4;
    const int32_t hidden_groups = (layer->output_size + 3) / 4;
    const int two_digits = layer->option == 2;
    const float scale = two_digits ? *(const float *) (state + layer->input_scale) : 0.0f;
    const int8_t *w = (const int8_t *) layer->weights
                      + (size_t) first * (size_t) (input_groups + hidden_groups) * GROUP_BYTES;
    for (int32_t b = first; b < last; b++) {
        const int32_t row = b * ADZE_ROWS;
        VI sum[ROW_VECTORS];
        VF z[ROW_VECTORS];
        multiply_int8(w, x, input_groups, layer->input_offset + row, sum);
        if (two_digits) {
            /* The low digits' pass finds the few input weights in the first-level cache. */
            VI low_sum[ROW_VECTORS];
            multiply_int8(w, low, input_groups, layer->input_offset + row, low_sum);
            begin_two_digits(layer, row, sum, low_sum, scale, z);
        } else {
            begin_one_digit(layer, row, sum, z);
        }
        w += (size_t) input_groups * GROUP_BYTES;
        multiply_int8(w, digits, hidden_groups, layer->hidden_offset + row, sum);
        w += (size_t) hidden_groups * GROUP_BYTES;
        add_hidden(layer, row, sum, z);
        update_cell(z, c + b * ADZE_BLOCK, h + b * ADZE_BLOCK, next + b * ADZE_BLOCK, DIGIT_BIAS);
    }
}

/* ---- int8, delta updates ---------------------------------------------------------------------------------------- */

typedef struct delta_area {
    int64_t *skipped;
    int32_t *count;
    uint8_t *applied;
    uint32_t *changes; /* three words each */
    int32_t *sums;
} delta_area;

INLINE delta_area delta_at(char *area, int32_t groups) {
    const size_t digits = ((size_t) groups * 4 + 63) / 64 * 64, changes = ((size_t) groups * 12 + 63) / 64 * 64;
    return (delta_area) {(int64_t *) area, (int32_t *) (area + 8), (uint8_t *) area + 64, (uint32_t *) (area + 64 + digits),
                         (int32_t *) (area + 64 + digits + changes)};
}

/* Sums of zero, which stand for digits of zero. */
static void reset_delta(char *area, int32_t groups, int32_t blocks) {
    delta_area delta = delta_at(area, groups);
    *delta.skipped = 0;
    memset(delta.applied, DIGIT_BIAS, (size_t) groups * 4);
    memset(delta.sums, 0, sizeof(int32_t) * (size_t) blocks * ADZE_ROWS);
}

/* From so many changed groups on all are multiplied anew: one product a group, not two, and in order of memory. */
INLINE int most_changed(int32_t count, int32_t groups) { return count > groups * 3 / 4; }

/* Lists the groups of digits that differ from what the sums stand for. */
static void find_changes(char *area, const uint8_t *digits, int32_t groups, int32_t rows) {
    delta_area delta = delta_at(area, groups);
    int32_t count = 0;
    for (int32_t g = 0; g < groups; g++) {
        uint32_t before, now;
        memcpy(&before, delta.applied + 4 * g, sizeof before);
        memcpy(&now, digits + 4 * g, sizeof now);
        uint32_t *change = delta.changes + 3 * count;
        change[0] = (uint32_t) g;
        change[1] = before;
        change[2] = now;
        count += before != now;
    }
    *delta.count = count;
    *delta.skipped += most_changed(count, groups) ? 0 : (int64_t) (groups - count) * 4 * rows;
    memcpy(delta.applied, digits, (size_t) groups * 4);
}

/*
 * sum[row] = what it was + sum over changed k of w[row][k] * (digit now - digit before), exact; biases cancel out.
 */
INLINE void apply_changes(const int8_t *w, char *area, int32_t groups, const int32_t *offset, int32_t row,
                          VI sum[ROW_VECTORS]) {
    enum { AHEAD = 8 };
    const delta_area delta = delta_at(area, groups);
    const int32_t count = *delta.count;
    if (most_changed(count, groups)) {
        multiply_int8(w, delta.applied, groups, offset + row, sum);
        UNROLL
        for (int j = 0; j < ROW_VECTORS; j++) {
            vi_store(delta.sums + row + j * LANES, sum[j]);
        }
        return;
    }
    UNROLL
    for (int first = 0; first < ROW_VECTORS; first += GROUP_VECTORS_AT_ONCE) {
        VI now[GROUP_VECTORS_AT_ONCE], before[GROUP_VECTORS_AT_ONCE];
        UNROLL
        for (int j = 0; j < GROUP_VECTORS_AT_ONCE; j++) {
            now[j] = vi_load(delta.sums + row + (first + j) * LANES);
            before[j] = vi_zero();
        }
        for (int32_t i = 0; i < count; i++) {
            const uint32_t *change = delta.changes + 3 * i;
            const int8_t *p = w + (size_t) change[0] * GROUP_BYTES + first * LANES * 4;
            const int8_t *soon = w + (size_t) change[i + AHEAD < count ? 3 * AHEAD : 0] * GROUP_BYTES + first * LANES * 4;
            const VX x_before = vx_load((const uint8_t *) (change + 1)), x_now = vx_load((const uint8_t *) (change + 2));
            UNROLL
            for (int j = 0; j < GROUP_VECTORS_AT_ONCE; j++) {
                if (j * LANES % 16 == 0) {
                    __builtin_prefetch(soon + j * LANES * 4, 0, 3);
                }
                now[j] = vi_dot4(now[j], p + j * LANES * 4, x_now);
                before[j] = vi_dot4(before[j], p + j * LANES * 4, x_before);
            }
        }
        UNROLL
        for (int j = 0; j < GROUP_VECTORS_AT_ONCE; j++) {
            sum[first + j] = vi_sub(now[j], before[j]);
            vi_store(delta.sums + row + (first + j) * LANES, sum[first + j]);
        }
    }
}

static void begin_int8_delta(const adze_layer *layer, char *state) {
    const int32_t rows = 4 * layer->output_size;
    if (layer->option == 1) {
        find_changes(state + layer->delta_input, (const uint8_t *) (state + layer->input_digits),
                     (layer->input_size + 3) / 4, rows);
    }
    find_changes(state + layer->delta_hidden, (const uint8_t *) (state + layer->output_digits),
                 (layer->output_size + 3) / 4, rows);
}

/* As lstm_int8, after begin_int8_delta. */
static void lstm_int8_delta(const adze_layer *layer, char *state, int32_t first, int32_t last) {
    float *h = (float *) (state + layer->output);
    float *c = (float *) (state + layer->cell);
    uint8_t *next = (uint8_t *) (state + layer->next);
    const int32_t input_groups = (layer->input_size + 3) / 4;
    const int32_t hidden_groups = (layer->output_size + 3) / 4;
    const int8_t *w = (const int8_t *) layer->weights
                      + (size_t) first * (size_t) (input_groups + hidden_groups) * GROUP_BYTES;
    for (int32_t b = first; b < last; b++) {
        const int32_t row = b * ADZE_ROWS;
        VI sum[ROW_VECTORS];
        VF z[ROW_VECTORS];
        if (layer->option == 2) {
            VI low_sum[ROW_VECTORS];
            multiply_int8(w, (const uint8_t *) (state + layer->input_digits), input_groups, layer->input_offset + row, sum);
            multiply_int8(w, (const uint8_t *) (state + layer->input_low), input_groups, layer->input_offset + row, low_sum);
            begin_two_digits(layer, row, sum, low_sum, *(const float *) (state + layer->input_scale), z);
        } else {
            apply_changes(w, state + layer->delta_input, input_groups, layer->input_offset, row, sum);
            begin_one_digit(layer, row, sum, z);
        }
        w += (size_t) input_groups * GROUP_BYTES;
        apply_changes(w, state + layer->delta_hidden, hidden_groups, layer->hidden_offset, row, sum);
        w += (size_t) hidden_groups * GROUP_BYTES;
        add_hidden(layer, row, sum, z);
        update_cell(z, c + b * ADZE_BLOCK, h + b * ADZE_BLOCK, next + b * ADZE_BLOCK, DIGIT_BIAS);
    }
}

/* ---- int8, block-sparse weights --------------------------------------------------------------------------------- */

/*
 * sum[row] of all four gates' kept blocks, lists[gate] to lists[gate + 1]; exact, so the blocks left out, all zero, make no
 * difference. Four blocks at a time have sums of their own, as each product waits for the sum before.
 */
INLINE void multiply_sparse(const adze_layer *layer, const int32_t *lists, const uint8_t *digits, const int32_t *offset,
                            VI sum[ROW_VECTORS]) {
    enum { CHAINS = 4, BYTES = 4 * ADZE_BLOCK };
    const int8_t *weights = layer->weights;
    for (int gate = 0; gate < 4; gate++) {
        VI acc[CHAINS][GATE_VECTORS];
        UNROLL
        for (int j = 0; j < GATE_VECTORS; j++) {
            acc[0][j] = DIGIT_BIAS ? vi_load(offset + gate * ADZE_BLOCK + j * LANES) : vi_zero();
            acc[1][j] = acc[2][j] = acc[3][j] = vi_zero();
        }
        int32_t i = lists[gate];
        const int32_t last = lists[gate + 1];
        for (; i + CHAINS <= last; i += CHAINS) {
            const int8_t *p = weights + (size_t) i * BYTES;
            const uint16_t *groups = layer->block_groups + i;
            UNROLL
            for (int chain = 0; chain < CHAINS; chain++) {
                const VX x = vx_load(digits + 4 * (size_t) groups[chain]);
                __builtin_prefetch(p + chain * BYTES + PREFETCH, 0, 3);
                UNROLL
                for (int j = 0; j < GATE_VECTORS; j++) {
                    acc[chain][j] = vi_dot4(acc[chain][j], p + chain * BYTES + j * LANES * 4, x);
                }
            }
        }
        for (; i < last; i++) {
            const VX x = vx_load(digits + 4 * (size_t) layer->block_groups[i]);
            UNROLL
            for (int j = 0; j < GATE_VECTORS; j++) {
                acc[0][j] = vi_dot4(acc[0][j], weights + (size_t) i * BYTES + j * LANES * 4, x);
            }
        }
        UNROLL
        for (int j = 0; j < GATE_VECTORS; j++) {
            sum[gate * GATE_VECTORS + j] = vi_add(vi_add(acc[0][j], acc[1][j]), vi_add(acc[2][j], acc[3][j]));
        }
    }
}

/* As lstm_int8. */
static void lstm_int8_sparse(const adze_layer *layer, char *state, int32_t first, int32_t last) {
    float *h = (float *) (state + layer->output);
    float *c = (float *) (state + layer->cell);
    const uint8_t *x = (const uint8_t *) (state + layer->input_digits);
    uint8_t *next = (uint8_t *) (state + layer->next);
    for (int32_t b = first; b < last; b++) {
        const int32_t row = b * ADZE_ROWS;
        const int32_t *lists = layer->block_lists + 8 * b;
        VI sum[ROW_VECTORS];
        VF z[ROW_VECTORS];
        multiply_sparse(layer, lists, x, layer->input_offset + row, sum);
        if (layer->option == 2) {
            VI low_sum[ROW_VECTORS];
            multiply_sparse(layer, lists, (const uint8_t *) (state + layer->input_low), layer->input_offset + row, low_sum);
            begin_two_digits(layer, row, sum, low_sum, *(const float *) (state + layer->input_scale), z);
        } else {
            begin_one_digit(layer, row, sum, z);
        }
        multiply_sparse(layer, lists + 4, (const uint8_t *) (state + layer->output_digits), layer->hidden_offset + row, sum);
        add_hidden(layer, row, sum, z);
        update_cell(z, c + b * ADZE_BLOCK, h + b * ADZE_BLOCK, next + b * ADZE_BLOCK, DIGIT_BIAS);
    }
}

/* ---- int4 ------------------------------------------------------------------------------------------------------- */

/*
 * Weights come as q + 8, so every group starts with -8 * the sum of its digits. In the end its sum is
 * that of q[k] * x[k], within 32 * 7 * 127 = 28448; what lies between may wrap around in 16 bits, to no harm.
 */
static void group_starts(const uint8_t *digits, int32_t groups, int32_t *start) {
    for (int32_t g = 0; g < groups; g++, digits += ADZE_GROUP) {
        int32_t sum = 0;
        for (int i = 0; i < ADZE_GROUP; i++) {
            sum += (int8_t) digits[i];
        }
        start[g] = -8 * sum;
    }
}

/* sum[row] = sum over groups of multiplier[row] * sum over k of q[row][k] * digit[k], exact. */
INLINE void multiply_int4(const uint8_t *w, const uint8_t *digits, int32_t groups, const int32_t *start,
                          VI sum[ROW_VECTORS]) {
    UNROLL
    for (int first = 0; first < ROW_VECTORS; first += GROUP_VECTORS_AT_ONCE) {
        VI total[GROUP_VECTORS_AT_ONCE];
        UNROLL
        for (int j = 0; j < GROUP_VECTORS_AT_ONCE; j++) {
            total[j] = vi_zero();
        }
        const uint8_t *p = w;
        const uint8_t *x = digits;
        for (int32_t g = 0; g < groups; g++, p += ADZE_GROUP_BYTES, x += ADZE_GROUP) {
            VG acc[GROUP_VECTORS_AT_ONCE];
            __builtin_prefetch(p + PREFETCH, 0, 3);
            UNROLL
            for (int j = 0; j < GROUP_VECTORS_AT_ONCE; j++) {
                acc[j] = vg_start(start[g]);
            }
            UNROLL
            for (int eight = 0; eight < ADZE_GROUP / 8; eight++) {
                VD x0 = vd_load(x + 8 * eight);
                VD x1 = vd_load(x + 8 * eight + 4);
                const uint8_t *rows = p + ADZE_ROWS + 4 * ADZE_ROWS * eight + 4 * LANES * first;
                UNROLL
                for (int j = 0; j < GROUP_VECTORS_AT_ONCE; j++) {
                    if (j * LANES % 16 == 0) {
                        __builtin_prefetch(rows + j * LANES * 4 + PREFETCH, 0, 3);
                    }
                    acc[j] = vg_dot8(acc[j], rows + j * LANES * 4, x0, x1);
                }
            }
            UNROLL
            for (int j = 0; j < GROUP_VECTORS_AT_ONCE; j++) {
                total[j] = vg_scale(total[j], acc[j], p + (first + j) * LANES);
            }
        }
        UNROLL
        for (int j = 0; j < GROUP_VECTORS_AT_ONCE; j++) {
            sum[first + j] = total[j];
        }
    }
}

INLINE int32_t groups_of(int32_t size) { return (size + ADZE_GROUP - 1) / ADZE_GROUP; }

/* int8's digits are stored with DIGIT_BIAS, int4's without; the one from the other. */
static void translate_digits(uint8_t *own, const uint8_t *others, int32_t n) {
    for (int32_t k = 0; k < n; k++) {
        own[k] = others[k] ^ DIGIT_BIAS;
    }
}

/* Brings the input's digits and the starts of all groups up to the values. */
static void begin_int4(const adze_layer *layer, char *state) {
    const uint8_t *x = (const uint8_t *) (state + layer->input_digits);
    const uint8_t *low = (const uint8_t *) (state + layer->input_low);
    int32_t *start = (int32_t *) (state + layer->group_starts);
    const int32_t input_groups = groups_of(layer->input_size);
    if (layer->option == 2) {
        *(float *) (state + layer->input_scale) =
            split_digits((const float *) (state + layer->input), layer->input_size, (uint8_t *) x, (uint8_t *) low, 0);
        group_starts(low, input_groups, start + input_groups);
    }
    group_starts(x, input_groups, start);
    group_starts((const uint8_t *) (state + layer->output_digits), groups_of(layer->output_size),
                 start + layer->option * input_groups);
}

/* As lstm_int8, after begin_int4. */
static void lstm_int4(const adze_layer *layer, char *state, int32_t first, int32_t last) {
    float *h = (float *) (state + layer->output);
    float *c = (float *) (state + layer->cell);
    const uint8_t *x = (const uint8_t *) (state + layer->input_digits);
    const uint8_t *low = (const uint8_t *) (state + layer->input_low);
    const uint8_t *digits = (const uint8_t *) (state + layer->output_digits);
    uint8_t *next = (uint8_t *) (state + layer->next);
    const int32_t input_groups = groups_of(layer->input_size);
    const int32_t hidden_groups = groups_of(layer->output_size);
    const int two_digits = layer->option == 2;
    const float scale = two_digits ? *(const float *) (state + layer->input_scale) : 0.0f;
    const int32_t *start = (const int32_t *) (state + layer->group_starts);
    const uint8_t *w = (const uint8_t *) layer->weights
                       + (size_t) first * (size_t) (input_groups + hidden_groups) * ADZE_GROUP_BYTES;
    for (int32_t b = first; b < last; b++) {
        const int32_t row = b * ADZE_ROWS;
        VI sum[ROW_VECTORS];
        VF z[ROW_VECTORS];
        multiply_int4(w, x, input_groups, start, sum);
        if (two_digits) {
            VI low_sum[ROW_VECTORS];
            multiply_int4(w, low, input_groups, start + input_groups, low_sum);
            begin_two_digits(layer, row, sum, low_sum, scale, z);
        } else {
            begin_one_digit(layer, row, sum, z);
        }
        w += (size_t) input_groups * ADZE_GROUP_BYTES;
        multiply_int4(w, digits, hidden_groups, start + layer->option * input_groups, sum);
        w += (size_t) hidden_groups * ADZE_GROUP_BYTES;
        add_hidden(layer, row, sum, z);
        update_cell(z, c + b * ADZE_BLOCK, h + b * ADZE_BLOCK, next + b * ADZE_BLOCK, 0);
    }
}

/* ---- dense ------------------------------------------------------------------------------------------------------ */

INLINE VF activate_dense(int32_t activation, VF x) {
    switch (activation) {
        case ADZE_RELU: return vf_below(x, vf_set1(0.0f), vf_set1(0.0f), x); /* NaN stays NaN */
        case ADZE_TANH: return activate_tanh(x);
        case ADZE_GELU: return activate_gelu(x);
        default: return x;
    }
}

/* Blocks of 16 rows, first_block..last_block-1. */
static void dense(const adze_layer *layer, char *state, int32_t first_block, int32_t last_block) {
    const float *x = (const float *) (state + layer->input);
    float *y = (float *) (state + layer->output);
    const float *w = (const float *) layer->weights + (size_t) first_block * (size_t) layer->input_size * ADZE_BLOCK;
    for (int32_t first = first_block * ADZE_BLOCK; first < last_block * ADZE_BLOCK; first += ADZE_BLOCK) {
        VF acc[GATE_VECTORS];
        UNROLL
        for (int j = 0; j < GATE_VECTORS; j++) {
            acc[j] = vf_load(layer->bias + first + j * LANES);
        }
        for (int32_t k = 0; k < layer->input_size; k++, w += ADZE_BLOCK) {
            VF v = vf_set1(x[k]);
            UNROLL
            for (int j = 0; j < GATE_VECTORS; j++) {
                acc[j] = vf_fma(vf_load(w + j * LANES), v, acc[j]);
            }
        }
        UNROLL
        for (int j = 0; j < GATE_VECTORS; j++) {
            vf_store(y + first + j * LANES, activate_dense(layer->option, acc[j]));
        }
    }
}

/* ---- the network ------------------------------------------------------------------------------------------------ */

/* A layer in three parts, of which only the second may be shared out over threads, by blocks. */
static void begin_layer(const adze_layer *layer, char *state) {
    const int int8 = layer->kind == ADZE_LSTM_INT8 || layer->kind == ADZE_LSTM_INT8_DELTA
                     || layer->kind == ADZE_LSTM_INT8_SPARSE;
    if ((int8 || layer->kind == ADZE_LSTM_INT4) && layer->option == 1 && layer->input_low) {
        translate_digits((uint8_t *) (state + layer->input_digits), (const uint8_t *) (state + layer->input_low), layer->input_size);
    }
    if (int8 && layer->option == 2) {
        *(float *) (state + layer->input_scale) =
            split_digits((const float *) (state + layer->input), layer->input_size,
                         (uint8_t *) (state + layer->input_digits), (uint8_t *) (state + layer->input_low), DIGIT_BIAS);
    } else if (layer->kind == ADZE_LSTM_INT4) {
        begin_int4(layer, state);
    }
    if (layer->kind == ADZE_LSTM_INT8_DELTA) {
        begin_int8_delta(layer, state);
    } else if (layer->kind == ADZE_LSTM_INT8_SPARSE) {
        *(int64_t *) (state + layer->left_out_count) += layer->left_out;
    }
}

static void run_blocks(const adze_layer *layer, char *state, int32_t first, int32_t last) {
    switch (layer->kind) {
        case ADZE_LSTM_FP32: lstm_fp32(layer, state, first, last); break;
        case ADZE_LSTM_FP16: lstm_fp16(layer, state, first, last); break;
        case ADZE_LSTM_INT8: lstm_int8(layer, state, first, last); break;
        case ADZE_LSTM_INT4: lstm_int4(layer, state, first, last); break;
        case ADZE_LSTM_INT8_DELTA: lstm_int8_delta(layer, state, first, last); break;
        case ADZE_LSTM_INT8_SPARSE: lstm_int8_sparse(layer, state, first, last); break;
        case ADZE_DENSE: dense(layer, state, first, last); break;
    }
}

INLINE int bias_of(const adze_layer *layer) { return layer->kind == ADZE_LSTM_INT4 ? 0 : DIGIT_BIAS; }

/* Without branches, so that compilers make vectors of it. */
static void take_moved_digits(const adze_layer *layer, char *state) {
    uint8_t *restrict digits = (uint8_t *) (state + layer->output_digits);
    const uint8_t *restrict next = (const uint8_t *) (state + layer->next);
    float *restrict held = (float *) (state + layer->held);
    const uint8_t flip = (uint8_t) bias_of(layer); /* 128 turns the sign bit round, as subtracting 128 does */
    const int32_t hold = (int32_t) layer->hold, units = layer->output_size;
    for (int32_t k = 0; k < units; k++) {
        const int before = (int8_t) (digits[k] ^ flip), now = (int8_t) (next[k] ^ flip);
        const int moved = now > before ? now - before : before - now;
        const int taken = moved >= hold ? now : before;
        digits[k] = (uint8_t) taken ^ flip;
        held[k] = (float) taken;
    }
}

/* What `next` holds becomes what the next step reads. */
static void end_layer(const adze_layer *layer, char *state) {
    const size_t units = (size_t) adze_blocks(layer) * ADZE_BLOCK;
    switch (layer->kind) {
        case ADZE_LSTM_FP32:
        case ADZE_LSTM_FP16: memcpy(state + layer->output, state + layer->next, units * sizeof(float)); break;
        case ADZE_LSTM_INT8:
        case ADZE_LSTM_INT4:
        case ADZE_LSTM_INT8_DELTA:
        case ADZE_LSTM_INT8_SPARSE:
            if (layer->hold) {
                take_moved_digits(layer, state);
            } else {
                memcpy(state + layer->output_digits, state + layer->next, units);
            }
            break;
    }
}

static void run_layers(const adze_plan *plan, char *state, int32_t layers) {
    for (int32_t i = 0; i < layers; i++) {
        const adze_layer *layer = &plan->layer[i];
        begin_layer(layer, state);
        run_blocks(layer, state, 0, adze_blocks(layer));
        end_layer(layer, state);
    }
}

static void refresh_layer(const adze_layer *layer, char *state) {
    uint8_t *digits = (uint8_t *) (state + layer->output_digits);
    const float *h = (const float *) (state + layer->output);
    const float *held = (const float *) (state + layer->held);
    const int bias = bias_of(layer);
    for (int32_t k = 0; k < layer->output_size; k += LANES) {
        if (layer->hold) {
            vq_store(digits + k, vi_round(vf_load(held + k), 127.0f), bias);
        } else {
            digits_of_hidden(vf_load(h + k), digits + k, bias);
        }
    }
    if (layer->kind == ADZE_LSTM_INT8_DELTA) {
        reset_delta(state + layer->delta_hidden, (layer->output_size + 3) / 4, adze_blocks(layer));
        if (layer->option == 1) {
            reset_delta(state + layer->delta_input, (layer->input_size + 3) / 4, adze_blocks(layer));
        }
    } else if (layer->kind == ADZE_LSTM_INT8_SPARSE) {
        *(int64_t *) (state + layer->left_out_count) = 0;
    }
}

static void refresh_digits(const adze_plan *plan, char *state) {
    for (int32_t i = 0; i < plan->layers; i++) {
        switch (plan->layer[i].kind) {
            case ADZE_LSTM_INT8:
            case ADZE_LSTM_INT4:
            case ADZE_LSTM_INT8_DELTA:
            case ADZE_LSTM_INT8_SPARSE: refresh_layer(&plan->layer[i], state); break;
        }
    }
}

const adze_tier TIER_VARIABLE = {
    TIER_NAME, run_layers, begin_layer, run_blocks, end_layer, refresh_digits, tanh_array, sigmoid_array, gelu_array,
    vr_read
};
