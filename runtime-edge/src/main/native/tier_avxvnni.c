/* x86-64 with AVX2, FMA and AVX-VNNI (Alder Lake, Zen 5 and later). */
#include <string.h>

#include "vec_avx2.h"

/* vpdpbusd wants the digits unsigned: they are stored with 128 added, and -128 * row sum is where a sum starts. */
#define DIGIT_BIAS 128

typedef __m256i VX;

static inline VX vx_load(const uint8_t *digits) {
    int32_t four;
    memcpy(&four, digits, sizeof four);
    return _mm256_set1_epi32(four);
}

/* Written out, as GCC copies every accumulator to and fro around the intrinsic. */
static inline VI vi_dot4(VI acc, const int8_t *w, VX x) {
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(acc) : "x"(x), "m"(*(const __m256i *) w));
    return acc;
}

static inline void vq_store(uint8_t *p, VI v) { vq_store_biased(p, v, DIGIT_BIAS); }

#define TIER_NAME "avx-vnni"
#define TIER_VARIABLE adze_tier_avxvnni
#include "lstm.h"
#include "window.h"
