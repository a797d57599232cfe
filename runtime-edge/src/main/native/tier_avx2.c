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

static inline void vq_store(uint8_t *p, VI v) { vq_store_biased(p, v, DIGIT_BIAS); }

#define TIER_NAME "avx2"
#define TIER_VARIABLE adze_tier_avx2
#include "lstm.h"
#include "window.h"
