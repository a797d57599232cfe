/* The exported functions, and which tiers this processor can run. */
#include "tier.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

enum { HAS_AVX2 = 1, HAS_AVXVNNI = 2, HAS_AVX512VNNI = 4 };

/* Instruction sets that the processor has and the operating system saves the registers of. */
static int processor_features(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) {
        return 0;
    }
    const unsigned fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28, f16c = 1u << 29;
    const unsigned needed = fma | osxsave | avx | f16c;
    if ((c & needed) != needed) {
        return 0;
    }
    unsigned xcr0, xcr0_high;
    __asm__ volatile("xgetbv" : "=a"(xcr0), "=d"(xcr0_high) : "c"(0));
    unsigned leaves, b7, c7, d7;
    if ((xcr0 & 0x6u) != 0x6u || !__get_cpuid_count(7, 0, &leaves, &b7, &c7, &d7) || !(b7 & 1u << 5)) {
        return 0;
    }
    int features = HAS_AVX2;
    if (leaves >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & 1u << 4)) {
        features |= HAS_AVXVNNI;
    }
    const unsigned avx512 = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31; /* F, DQ, BW, VL */
    if ((xcr0 & 0xe6u) == 0xe6u && (b7 & avx512) == avx512 && (c7 & 1u << 11)) {
        features |= HAS_AVX512VNNI;
    }
    return features;
}
#elif defined(__aarch64__)
#include <sys/auxv.h>

enum { HAS_DOTPROD = 1, HAS_I8MM = 2 };

static int processor_features(void) {
    return (getauxval(AT_HWCAP) & 1ul << 20 ? HAS_DOTPROD : 0)    /* HWCAP_ASIMDDP */
           | (getauxval(AT_HWCAP2) & 1ul << 13 ? HAS_I8MM : 0);   /* HWCAP2_I8MM */
}
#else
static int processor_features(void) { return 0; }
#endif

static const struct { const adze_tier *tier; int needs; } TIERS[] = {
    {&adze_tier_generic, 0},
#if defined(__x86_64__)
#ifdef ADZE_WITH_AVX2
    {&adze_tier_avx2, HAS_AVX2},
#endif
#ifdef ADZE_WITH_AVXVNNI
    {&adze_tier_avxvnni, HAS_AVX2 | HAS_AVXVNNI},
#endif
#ifdef ADZE_WITH_AVX512VNNI
    {&adze_tier_avx512vnni, HAS_AVX2 | HAS_AVX512VNNI},
#endif
#elif defined(__aarch64__)
#ifdef ADZE_WITH_NEON
    {&adze_tier_neon, 0},
#endif
#ifdef ADZE_WITH_NEONDOT
    {&adze_tier_neondot, HAS_DOTPROD},
#endif
#ifdef ADZE_WITH_NEONI8MM
    {&adze_tier_neoni8mm, HAS_DOTPROD | HAS_I8MM},
#endif
#endif
};

int32_t adze_abi(void) { return ADZE_ABI; }

int32_t adze_tier_count(void) { return sizeof TIERS / sizeof TIERS[0]; }

const char *adze_tier_name(int32_t tier) { return TIERS[tier].tier->name; }

int32_t adze_tier_usable(int32_t tier) {
    return (processor_features() & TIERS[tier].needs) == TIERS[tier].needs;
}

const adze_tier *adze_tier_of(const adze_plan *plan) { return TIERS[plan->tier].tier; }

void adze_step(const adze_plan *plan, void *state) {
    TIERS[plan->tier].tier->run(plan, state, plan->layers);
}

void adze_advance(const adze_plan *plan, void *state, const float *features, int64_t steps) {
    const adze_tier *tier = TIERS[plan->tier].tier;
    float *input = (float *) ((char *) state + plan->input);
    for (int64_t t = 0; t < steps; t++) {
        memcpy(input, features + t * plan->input_size, sizeof(float) * (size_t) plan->input_size);
        tier->run(plan, state, plan->advance_layers);
    }
}

void adze_refresh(const adze_plan *plan, void *state) { TIERS[plan->tier].tier->refresh(plan, state); }

void adze_tanh(int32_t tier, const float *x, float *y, int64_t n) { TIERS[tier].tier->tanh(x, y, n); }

void adze_sigmoid(int32_t tier, const float *x, float *y, int64_t n) { TIERS[tier].tier->sigmoid(x, y, n); }

void adze_gelu(int32_t tier, const float *x, float *y, int64_t n) { TIERS[tier].tier->gelu(x, y, n); }

int64_t adze_read(int32_t tier, const void *memory, int64_t bytes, int32_t prefetch_bytes) {
    return TIERS[tier].tier->read(memory, bytes, prefetch_bytes);
}
