/* Primitives in plain C, one lane. Without a fused multiply-add in the instruction set, fmaf comes from the C library:
 * slow, and exact all the same. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define LANES 1
#define ROW_VECTORS_AT_ONCE 64
#define GROUP_VECTORS_AT_ONCE 1
#define DIGIT_BIAS 0
#define UNROLL

typedef float VF;
typedef int32_t VI;
typedef struct { int32_t k[4]; } VX;

static inline VF vf_load(const float *p) { return *p; }

/* Half to single precision: 5 to 8 bits of exponent. */
static inline VF vf_load_half(const uint16_t *p) {
    uint32_t sign = (uint32_t) (*p & 0x8000) << 16;
    uint32_t magnitude = (uint32_t) (*p & 0x7fff) << 13;
    float value;
    if (magnitude < 0x400u << 13) { /* zero or subnormal: a multiple of 2^-24 */
        value = (float) (magnitude >> 13) * 0x1p-24f;
        memcpy(&magnitude, &value, sizeof magnitude);
    } else {
        magnitude += (magnitude < 0x7c00u << 13 ? 127u - 15u : 255u - 31u) << 23;
    }
    magnitude |= sign;
    memcpy(&value, &magnitude, sizeof value);
    return value;
}

static inline void vf_store(float *p, VF v) { *p = v; }
static inline VF vf_set1(float x) { return x; }
static inline VF vf_mul(VF a, VF b) { return a * b; }
static inline VF vf_div(VF a, VF b) { return a / b; }
static inline VF vf_fma(VF a, VF b, VF c) { return fmaf(a, b, c); }
static inline VF vf_above(VF x, VF limit, VF value, VF other) { return x > limit ? value : other; }
static inline VF vf_below(VF x, VF limit, VF value, VF other) { return x < limit ? value : other; }

static inline VI vi_load(const int32_t *p) { return *p; }
static inline void vi_store(int32_t *p, VI v) { *p = v; }
static inline VI vi_zero(void) { return 0; }
static inline VI vi_add(VI a, VI b) { return a + b; }
static inline VI vi_sub(VI a, VI b) { return a - b; }
static inline VF vf_from_vi(VI v) { return (float) v; }

static inline VI vi_round(VF v, float limit) {
    if (!(v == v)) {
        return 0;
    }
    v = v > limit ? limit : v < -limit ? -limit : v;
    return (int32_t) rintf(v);
}

static inline void vq_store(uint8_t *p, VI v, int bias) { *p = (uint8_t) (v + bias); }

static inline VX vx_load(const uint8_t *digits) {
    VX x;
    for (int i = 0; i < 4; i++) {
        x.k[i] = (int8_t) digits[i];
    }
    return x;
}

static inline VI vi_dot4(VI acc, const int8_t *w, VX x) {
    return acc + w[0] * x.k[0] + w[1] * x.k[1] + w[2] * x.k[2] + w[3] * x.k[3];
}

typedef int32_t VG;
typedef VX VD;

static inline VG vg_start(int32_t start) { return start; }
static inline VD vd_load(const uint8_t *digits) { return vx_load(digits); }

static inline VG vg_dot8(VG acc, const uint8_t *w, VD x0, VD x1) {
    for (int i = 0; i < 4; i++) {
        acc += (w[i] & 15) * x0.k[i] + (w[i] >> 4) * x1.k[i];
    }
    return acc;
}

static inline VI vg_scale(VI total, VG acc, const uint8_t *m) { return total + acc * *m; }

static int64_t vr_read(const void *memory, int64_t bytes, int32_t prefetch_bytes) {
    const char *p = memory;
    int64_t all = 0;
    for (int64_t i = 0; i + 64 <= bytes; i += 64) {
        int64_t words[8];
        __builtin_prefetch(p + i + prefetch_bytes, 0, 3);
        memcpy(words, p + i, sizeof words);
        for (int j = 0; j < 8; j++) {
            all ^= words[j];
        }
    }
    return all;
}
