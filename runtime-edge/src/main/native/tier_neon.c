/* Any AArch64. */
#include "vec_neon.h"

/*
 * Sixteen bytes are four rows of four k: 16-bit products, two neighbours added (at most 32,258), then two pairs added
 * into the row's sum.
 */
static inline VI vi_dot4(VI acc, const int8_t *w, VX x) {
    int8x16_t weights = vld1q_s8(w);
    int16x8_t low = vmull_s8(vget_low_s8(weights), vget_low_s8(x));
    int16x8_t high = vmull_high_s8(weights, x);
    return vpadalq_s16(acc, vpaddq_s16(low, high));
}

/*
 * int4 sums stay in 16 bits, four a row, one for every k mod 4. The start goes to the first, which ends within
 * 8 * 7 * 127 + 24 * 8 * 127 = 31496; the others end within 8 * 15 * 127 = 15240.
 */
typedef struct { int16x8_t low; int16x8_t high; } VG;

static inline VG vg_start(int32_t start) {
    VG acc;
    acc.low = acc.high = vreinterpretq_s16_u64(vdupq_n_u64((uint16_t) start));
    return acc;
}

static inline VG vg_dot8(VG acc, const uint8_t *w, VD x0, VD x1) {
    int8x16_t low = low_halves(w), high = high_halves(w);
    acc.low = vmlal_s8(vmlal_s8(acc.low, vget_low_s8(low), vget_low_s8(x0)), vget_low_s8(high), vget_low_s8(x1));
    acc.high = vmlal_high_s8(vmlal_high_s8(acc.high, low, x0), high, x1);
    return acc;
}

static inline VI vg_scale(VI total, VG acc, const uint8_t *m) {
    return vg_multiply(total, vpaddq_s32(vpaddlq_s16(acc.low), vpaddlq_s16(acc.high)), m);
}

#define TIER_NAME "neon"
#define TIER_VARIABLE adze_tier_neon
#include "lstm.h"
#include "window.h"
