/* vec_neon.h with the dot-product instructions. */
#include "vec_neon.h"

static inline VI vi_dot4(VI acc, const int8_t *w, VX x) { return vdotq_s32(acc, vld1q_s8(w), x); }

typedef int32x4_t VG;

static inline VG vg_start(int32_t start) { return vdupq_n_s32(start); }

static inline VG vg_dot8(VG acc, const uint8_t *w, VD x0, VD x1) {
    return vdotq_s32(vdotq_s32(acc, low_halves(w), x0), high_halves(w), x1);
}

static inline VI vg_scale(VI total, VG acc, const uint8_t *m) { return vg_multiply(total, acc, m); }
