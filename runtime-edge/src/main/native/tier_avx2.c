/* x86-64 with AVX2 and FMA (Haswell, Zen and later). */
#include <string.h>

#include "vec_avx2.h"

#define DIGIT_BIAS 0

typedef struct { __m256i digits; __m256i magnitudes; } VX;

static inline VX vx_load(const uint8_t *digits) {
    int32_t four;
    memcpy(&four, digits, sizeof four);
    VX x;
    x.digits = _mm256_set1_epi32(four);
    x.magnitudes = _mm256_abs_epi8(x.digits);
    return x;
}

/*
 * vpmaddubsw wants one side unsigned: the digit's magnitude; the weight then carries the digit's sign. It saturates at
 * 32,767, which two products of magnitudes up to 127 (32,258) cannot reach.
 */
static inline VI vi_dot4(VI acc, const int8_t *w, VX x) {
    __m256i weights = _mm256_sign_epi8(_mm256_loadu_si256((const __m256i *) w), x.digits);
    __m256i pairs = _mm256_maddubs_epi16(x.magnitudes, weights);
    return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

/*
 * int4 sums stay in 16 bits, two a row: k mod 4 below 2 and above. The start goes to the first, which ends as the sum of
 * its q * x less 8 * the digits of the second, within 30480; the second ends within 15 * 16 * 127 = 30480.
 */
static inline VG vg_start(int32_t start) { return _mm256_set1_epi32(start & 0xffff); }

static inline VG vg_dot8(VG acc, const uint8_t *w, VD x0, VD x1) {
    __m256i bytes = _mm256_loadu_si256((const __m256i *) w);
    __m256i low = _mm256_maddubs_epi16(low_halves(bytes), x0);
    __m256i high = _mm256_maddubs_epi16(high_halves(bytes), x1);
    return _mm256_add_epi16(acc, _mm256_add_epi16(low, high));
}

static inline VI vg_scale(VI total, VG acc, const uint8_t *m) {
    __m128i once = _mm_loadl_epi64((const __m128i *) m);
    __m256i twice = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(once, once));
    return _mm256_add_epi32(total, _mm256_madd_epi16(acc, twice));
}

#define TIER_NAME "avx2"
#define TIER_VARIABLE adze_tier_avx2
#include "lstm.h"
#include "window.h"
