/*
 * window.h's product of int8 rows by smmla, which multiplies 2 x 8 bytes by 8 x 2 and adds into 2 x 2 sums: half as many
 * instructions as by dot products of four. Two rows of digits meet two rows of weights, whose k of two neighbouring groups
 * of four are brought side by side; that costs one instruction a vector, so it pays for several pairs of digits' rows only.
 */

/* Two rows' digits of eight k; with `fours` 1 of four, the others 0. */
INLINE int8x16_t pair_of_digits(const uint8_t *row, int64_t stride, int fours) {
    if (fours == 1) {
        uint32_t even, odd;
        memcpy(&even, row, sizeof even);
        memcpy(&odd, row + stride, sizeof odd);
        return vreinterpretq_s8_u64(vcombine_u64(vcreate_u64(even), vcreate_u64(odd)));
    }
    return vcombine_s8(vreinterpret_s8_u8(vld1_u8(row)), vreinterpret_s8_u8(vld1_u8(row + stride)));
}

/* Adds the products of `fours` (1 or 2) groups of four k; acc holds, of each pair of rows, 2 x 2 sums. */
INLINE void add_pairs(const int8_t *p, const uint8_t *digits, int64_t stride, int fours, int vectors,
                      int32x4_t acc[][8], int rows) {
    int8x16_t x[3];
    UNROLL
    for (int pair = 0; pair < rows / 2; pair++) {
        x[pair] = pair_of_digits(digits + 2 * pair * stride, stride, fours);
    }
    UNROLL
    for (int j = 0; j < vectors; j++) {
        const int32x4_t w0 = vreinterpretq_s32_s8(vld1q_s8(p + j * LANES * 4));
        const int32x4_t w1 = fours == 1 ? vdupq_n_s32(0) : vreinterpretq_s32_s8(vld1q_s8(p + GROUP_BYTES + j * LANES * 4));
        const int8x16_t low = vreinterpretq_s8_s32(vzip1q_s32(w0, w1)), high = vreinterpretq_s8_s32(vzip2q_s32(w0, w1));
        UNROLL
        for (int pair = 0; pair < rows / 2; pair++) {
            acc[pair][2 * j] = vmmlaq_s32(acc[pair][2 * j], x[pair], low);
            acc[pair][2 * j + 1] = vmmlaq_s32(acc[pair][2 * j + 1], x[pair], high);
        }
    }
}

/* sum[r][row] = sum over k of w[row][k] * digit[r][k], exact; an even number of rows, at most six. */
INLINE void tile_int8_pairs(const int8_t *w, const int8_t *after, const uint8_t *digits, int64_t stride, int32_t groups,
                            VI sum[][ROW_VECTORS], int rows) {
    enum { VECTORS = 4 }; /* with three pairs of rows 24 of 32 registers */
    UNROLL
    for (int first = 0; first < ROW_VECTORS; first += VECTORS) {
        int32x4_t acc[3][2 * VECTORS];
        UNROLL
        for (int pair = 0; pair < rows / 2; pair++) {
            UNROLL
            for (int j = 0; j < 2 * VECTORS; j++) {
                acc[pair][j] = vdupq_n_s32(0);
            }
        }
        const int8_t *p = w + first * LANES * 4;
        int32_t g = 0;
        for (; g + 2 <= groups; g += 2, p += 2 * GROUP_BYTES) {
            const int64_t ahead = (g + 1) * GROUP_BYTES + PREFETCH < groups * GROUP_BYTES
                                  ? PREFETCH : PREFETCH + (after - w) - (int64_t) groups * GROUP_BYTES;
            __builtin_prefetch(p + ahead, 0, 3);
            __builtin_prefetch(p + GROUP_BYTES + ahead, 0, 3);
            add_pairs(p, digits + 4 * g, stride, 2, VECTORS, acc, rows);
        }
        if (g < groups) {
            add_pairs(p, digits + 4 * g, stride, 1, VECTORS, acc, rows);
        }
        UNROLL
        for (int pair = 0; pair < rows / 2; pair++) {
            UNROLL
            for (int j = 0; j < VECTORS; j++) {
                const int64x2_t low = vreinterpretq_s64_s32(acc[pair][2 * j]), high = vreinterpretq_s64_s32(acc[pair][2 * j + 1]);
                sum[2 * pair][first + j] = vreinterpretq_s32_s64(vzip1q_s64(low, high));
                sum[2 * pair + 1][first + j] = vreinterpretq_s32_s64(vzip2q_s64(low, high));
            }
        }
    }
}
