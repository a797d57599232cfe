/* Primitives for AArch64 Advanced SIMD; 128 bits, 4 lanes. vi_dot4 is left to the tier's file. */
#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

#define LANES 4
#define ROW_VECTORS_AT_ONCE 16
#define GROUP_VECTORS_AT_ONCE 4
#define UNROLL _Pragma("GCC unroll 16")
#define DIGIT_BIAS 0

typedef float32x4_t VF;
typedef int32x4_t VI;
typedef int8x16_t VX;

static inline VF vf_load(const float *p) { return vld1q_f32(p); }
static inline VF vf_load_half(const uint16_t *p) { return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p))); }
static inline void vf_store(float *p, VF v) { vst1q_f32(p, v); }
static inline VF vf_set1(float x) { return vdupq_n_f32(x); }
static inline VF vf_mul(VF a, VF b) { return vmulq_f32(a, b); }
static inline VF vf_div(VF a, VF b) { return vdivq_f32(a, b); }
static inline VF vf_fma(VF a, VF b, VF c) { return vfmaq_f32(c, a, b); }
static inline VF vf_above(VF x, VF limit, VF value, VF other) { return vbslq_f32(vcgtq_f32(x, limit), value, other); }
static inline VF vf_below(VF x, VF limit, VF value, VF other) { return vbslq_f32(vcltq_f32(x, limit), value, other); }

static inline VI vi_load(const int32_t *p) { return vld1q_s32(p); }
static inline void vi_store(int32_t *p, VI v) { vst1q_s32(p, v); }
static inline VI vi_zero(void) { return vdupq_n_s32(0); }
static inline VI vi_add(VI a, VI b) { return vaddq_s32(a, b); }
static inline VI vi_sub(VI a, VI b) { return vsubq_s32(a, b); }
static inline VF vf_from_vi(VI v) { return vcvtq_f32_s32(v); }

/* The conversion gives 0 for NaN and the nearest integer beyond the range, so the clamp may follow it. */
static inline VI vi_round(VF v, float limit) {
    int32x4_t bound = vdupq_n_s32((int32_t) limit);
    return vmaxq_s32(vminq_s32(vcvtnq_s32_f32(v), bound), vnegq_s32(bound));
}

static inline void vq_store(uint8_t *p, VI v, int bias) {
    int16x4_t narrow = vmovn_s32(vaddq_s32(v, vdupq_n_s32(bias)));
    int8x8_t bytes = vmovn_s16(vcombine_s16(narrow, narrow));
    uint32_t four = vget_lane_u32(vreinterpret_u32_s8(bytes), 0);
    memcpy(p, &four, sizeof four);
}

static inline VX vx_load(const uint8_t *digits) {
    uint32_t four;
    memcpy(&four, digits, sizeof four);
    return vreinterpretq_s8_u32(vdupq_n_u32(four));
}

typedef VX VD;

static inline VD vd_load(const uint8_t *digits) { return vx_load(digits); }

/* q + 8 lies in 1 to 15, so signed bytes will do. */
static inline int8x16_t low_halves(const uint8_t *w) {
    return vreinterpretq_s8_u8(vandq_u8(vld1q_u8(w), vdupq_n_u8(15)));
}
static inline int8x16_t high_halves(const uint8_t *w) { return vreinterpretq_s8_u8(vshrq_n_u8(vld1q_u8(w), 4)); }

static inline VI vg_multiply(VI total, int32x4_t sums, const uint8_t *m) {
    uint32_t four;
    memcpy(&four, m, sizeof four);
    uint16x8_t wide = vmovl_u8(vreinterpret_u8_u32(vdup_n_u32(four)));
    return vmlaq_s32(total, sums, vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(wide))));
}

static int64_t vr_read(const void *memory, int64_t bytes, int32_t prefetch_bytes) {
    const char *p = memory;
    uint64x2_t a = vdupq_n_u64(0), b = a, c = a, d = a;
    for (int64_t i = 0; i + 64 <= bytes; i += 64) {
        __builtin_prefetch(p + i + prefetch_bytes, 0, 3);
        a = veorq_u64(a, vld1q_u64((const uint64_t *) (p + i)));
        b = veorq_u64(b, vld1q_u64((const uint64_t *) (p + i + 16)));
        c = veorq_u64(c, vld1q_u64((const uint64_t *) (p + i + 32)));
        d = veorq_u64(d, vld1q_u64((const uint64_t *) (p + i + 48)));
    }
    uint64x2_t all = veorq_u64(veorq_u64(a, b), veorq_u64(c, d));
    return (int64_t) (vgetq_lane_u64(all, 0) ^ vgetq_lane_u64(all, 1));
}
