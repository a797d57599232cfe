/* AArch64 with the dot-product instructions (Armv8.2 and later: Cortex-A75, Carmel). */
#include "vec_neon.h"

static inline VI vi_dot4(VI acc, const int8_t *w, VX x) { return vdotq_s32(acc, vld1q_s8(w), x); }

#define TIER_NAME "neon-dotprod"
#define TIER_VARIABLE adze_tier_neondot
#include "lstm.h"
#include "window.h"
