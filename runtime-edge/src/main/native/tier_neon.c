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

#define TIER_NAME "neon"
#define TIER_VARIABLE adze_tier_neon
#include "lstm.h"
#include "window.h"
