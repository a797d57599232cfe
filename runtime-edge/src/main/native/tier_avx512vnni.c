/* x86-64 with AVX-512 F, BW, DQ, VL and VNNI (Ice Lake, Zen 4 and later); 512 bits, 16 lanes. */
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define LANES 16
#define ROW_VECTORS_AT_ONCE 4
#define GROUP_VECTORS_AT_ONCE 4
#define UNROLL _Pragma("GCC unroll 16")
/* vpdpbusd wants the digits unsigned: they are stored with 128 added, and -128 * row sum is where a sum starts. */
#define DIGIT_BIAS 128

typedef __m512 VF;
typedef __m512i VI;
typedef __m512i VX;

static inline VF vf_load(const float *p) { return _mm512_loadu_ps(p); }
static inline VF vf_load_half(const uint16_t *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *) p)); }
static inline void vf_store(float *p, VF v) { _mm512_storeu_ps(p, v); }
static inline VF vf_set1(float x) { return _mm512_set1_ps(x); }
static inline VF vf_mul(VF a, VF b) { return _mm512_mul_ps(a, b); }
static inline VF vf_div(VF a, VF b) { return _mm512_div_ps(a, b); }
static inline VF vf_fma(VF a, VF b, VF c) { return _mm512_fmadd_ps(a, b, c); }
static inline VF vf_above(VF x, VF limit, VF value, VF other) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, limit, _CMP_GT_OQ), other, value);
}
static inline VF vf_below(VF x, VF limit, VF value, VF other) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, limit, _CMP_LT_OQ), other, value);
}

static inline VI vi_load(const int32_t *p) { return _mm512_loadu_si512(p); }
static inline void vi_store(int32_t *p, VI v) { _mm512_storeu_si512(p, v); }
static inline VI vi_zero(void) { return _mm512_setzero_si512(); }
static inline VI vi_add(VI a, VI b) { return _mm512_add_epi32(a, b); }
static inline VI vi_sub(VI a, VI b) { return _mm512_sub_epi32(a, b); }
static inline VF vf_from_vi(VI v) { return _mm512_cvtepi32_ps(v); }

static inline VI vi_round(VF v, float limit) {
    __mmask16 ordered = _mm512_cmp_ps_mask(v, v, _CMP_ORD_Q);
    v = _mm512_max_ps(_mm512_min_ps(v, _mm512_set1_ps(limit)), _mm512_set1_ps(-limit));
    return _mm512_maskz_cvtps_epi32(ordered, v);
}

static inline void vq_store(uint8_t *p, VI v, int bias) {
    _mm_storeu_si128((__m128i *) p, _mm512_cvtepi32_epi8(_mm512_add_epi32(v, _mm512_set1_epi32(bias))));
}

static inline VX vx_load(const uint8_t *digits) {
    int32_t four;
    memcpy(&four, digits, sizeof four);
    return _mm512_set1_epi32(four);
}

/* Written out, as GCC copies every accumulator to and fro around the intrinsic: 6 % of a step of the 3.8 M student. */
static inline VI vi_dot4(VI acc, const int8_t *w, VX x) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(x), "m"(*(const __m512i *) w));
    return acc;
}

typedef __m512i VG;
typedef __m512i VD;

static inline VG vg_start(int32_t start) { return _mm512_set1_epi32(start); }
static inline VD vd_load(const uint8_t *digits) { return vx_load(digits); }

static inline VG vg_dot8(VG acc, const uint8_t *w, VD x0, VD x1) {
    const __m512i halves = _mm512_set1_epi8(15);
    __m512i bytes = _mm512_loadu_si512(w);
    __m512i low = _mm512_and_si512(bytes, halves);
    __m512i high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), halves);
    __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(low), "v"(x0));
    __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(high), "v"(x1));
    return acc;
}

/* acc fits in 16 bits: the pairs' second factors are zero. */
static inline VI vg_scale(VI total, VG acc, const uint8_t *m) {
    __m512i multipliers = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *) m));
    __asm__("vpdpwssd %2, %1, %0" : "+v"(total) : "v"(acc), "v"(multipliers));
    return total;
}

static int64_t vr_read(const void *memory, int64_t bytes, int32_t prefetch_bytes) {
    const char *p = memory;
    __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
    for (int64_t i = 0; i + 256 <= bytes; i += 256) {
        UNROLL
        for (int j = 0; j < 4; j++) {
            _mm_prefetch(p + i + prefetch_bytes + 64 * j, _MM_HINT_T0);
        }
        a = _mm512_xor_si512(a, _mm512_loadu_si512(p + i));
        b = _mm512_xor_si512(b, _mm512_loadu_si512(p + i + 64));
        c = _mm512_xor_si512(c, _mm512_loadu_si512(p + i + 128));
        d = _mm512_xor_si512(d, _mm512_loadu_si512(p + i + 192));
    }
    int64_t words[8], all = 0;
    _mm512_storeu_si512(words, _mm512_xor_si512(_mm512_xor_si512(a, b), _mm512_xor_si512(c, d)));
    for (int j = 0; j < 8; j++) {
        all ^= words[j];
    }
    return all;
}

#define TIER_NAME "avx512-vnni"
#define TIER_VARIABLE adze_tier_avx512vnni
#include "lstm.h"
#include "window.h"
