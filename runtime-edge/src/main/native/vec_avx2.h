/* Primitives for AVX2 with FMA; 256 bits, 8 lanes. vi_dot4 is left to the tier's file: with or without VNNI. */
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define LANES 8
#define ROW_VECTORS_AT_ONCE 8
#define GROUP_VECTORS_AT_ONCE 4
#define UNROLL _Pragma("GCC unroll 16")

typedef __m256 VF;
typedef __m256i VI;

static inline VF vf_load(const float *p) { return _mm256_loadu_ps(p); }
static inline VF vf_load_half(const uint16_t *p) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *) p)); }
static inline void vf_store(float *p, VF v) { _mm256_storeu_ps(p, v); }
static inline VF vf_set1(float x) { return _mm256_set1_ps(x); }
static inline VF vf_mul(VF a, VF b) { return _mm256_mul_ps(a, b); }
static inline VF vf_div(VF a, VF b) { return _mm256_div_ps(a, b); }
static inline VF vf_fma(VF a, VF b, VF c) { return _mm256_fmadd_ps(a, b, c); }
static inline VF vf_above(VF x, VF limit, VF value, VF other) {
    return _mm256_blendv_ps(other, value, _mm256_cmp_ps(x, limit, _CMP_GT_OQ));
}
static inline VF vf_below(VF x, VF limit, VF value, VF other) {
    return _mm256_blendv_ps(other, value, _mm256_cmp_ps(x, limit, _CMP_LT_OQ));
}

static inline VI vi_load(const int32_t *p) { return _mm256_loadu_si256((const __m256i *) p); }
static inline void vi_store(int32_t *p, VI v) { _mm256_storeu_si256((__m256i *) p, v); }
static inline VI vi_zero(void) { return _mm256_setzero_si256(); }
static inline VI vi_add(VI a, VI b) { return _mm256_add_epi32(a, b); }
static inline VI vi_sub(VI a, VI b) { return _mm256_sub_epi32(a, b); }
static inline VF vf_from_vi(VI v) { return _mm256_cvtepi32_ps(v); }

static inline VI vi_round(VF v, float limit) {
    __m256 ordered = _mm256_cmp_ps(v, v, _CMP_ORD_Q);
    v = _mm256_max_ps(_mm256_min_ps(v, _mm256_set1_ps(limit)), _mm256_set1_ps(-limit));
    return _mm256_cvtps_epi32(_mm256_and_ps(v, ordered));
}

typedef __m256i VG;
typedef __m256i VD;

static inline VD vd_load(const uint8_t *digits) {
    int32_t four;
    memcpy(&four, digits, sizeof four);
    return _mm256_set1_epi32(four);
}

/* 64 halves of bytes; the low ones stand for k = 0 to 3, the high ones for k = 4 to 7. */
static inline __m256i low_halves(__m256i bytes) { return _mm256_and_si256(bytes, _mm256_set1_epi8(15)); }
static inline __m256i high_halves(__m256i bytes) { return low_halves(_mm256_srli_epi16(bytes, 4)); }

static int64_t vr_read(const void *memory, int64_t bytes, int32_t prefetch_bytes) {
    const char *p = memory;
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
    for (int64_t i = 0; i + 128 <= bytes; i += 128) {
        _mm_prefetch(p + i + prefetch_bytes, _MM_HINT_T0);
        _mm_prefetch(p + i + prefetch_bytes + 64, _MM_HINT_T0);
        a = _mm256_xor_si256(a, _mm256_loadu_si256((const __m256i *) (p + i)));
        b = _mm256_xor_si256(b, _mm256_loadu_si256((const __m256i *) (p + i + 32)));
        c = _mm256_xor_si256(c, _mm256_loadu_si256((const __m256i *) (p + i + 64)));
        d = _mm256_xor_si256(d, _mm256_loadu_si256((const __m256i *) (p + i + 96)));
    }
    int64_t words[4];
    _mm256_storeu_si256((__m256i *) words, _mm256_xor_si256(_mm256_xor_si256(a, b), _mm256_xor_si256(c, d)));
    return words[0] ^ words[1] ^ words[2] ^ words[3];
}

/* Integers in [-128 - bias, 255 - bias] to bytes. */
static inline void vq_store(uint8_t *p, VI v, int bias) {
    v = _mm256_add_epi32(v, _mm256_set1_epi32(bias));
    v = _mm256_shuffle_epi8(v, _mm256_set_epi8(
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 12, 8, 4, 0,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 12, 8, 4, 0));
    _mm_storeu_si32(p, _mm256_castsi256_si128(v));
    _mm_storeu_si32(p + 4, _mm256_extracti128_si256(v, 1));
}
