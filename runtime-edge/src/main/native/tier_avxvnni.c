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

static inline VG vg_start(int32_t start) { return _mm256_set1_epi32(start); }

static inline VG vg_dot8(VG acc, const uint8_t *w, VD x0, VD x1) {
    __m256i bytes = _mm256_loadu_si256((const __m256i *) w);
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(acc) : "x"(low_halves(bytes)), "x"(x0));
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(acc) : "x"(high_halves(bytes)), "x"(x1));
    return acc;
}

/* acc fits in 16 bits: the pairs' second factors are zero. */
static inline VI vg_scale(VI total, VG acc, const uint8_t *m) {
    __m256i multipliers = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *) m));
    return _mm256_add_epi32(total, _mm256_madd_epi16(acc, multipliers));
}

#define TIER_NAME "avx-vnni"
#define TIER_VARIABLE adze_tier_avxvnni
#include "lstm.h"
#include "window.h"
