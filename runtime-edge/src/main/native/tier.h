/* What a tier offers; dispatch.c collects the tiers of this build. Inside the library only. */
#ifndef ADZE_TIER_H
#define ADZE_TIER_H

#include "adze.h"

typedef struct adze_tier {
    const char *name;
    void (*run)(const adze_plan *plan, char *state, int32_t layers);
    void (*refresh)(const adze_plan *plan, char *state);
    void (*tanh)(const float *x, float *y, int64_t n);
    void (*sigmoid)(const float *x, float *y, int64_t n);
    int64_t (*read)(const void *memory, int64_t bytes, int32_t prefetch_bytes);
} adze_tier;

extern const adze_tier adze_tier_generic;
extern const adze_tier adze_tier_avx2;
extern const adze_tier adze_tier_avxvnni;
extern const adze_tier adze_tier_avx512vnni;
extern const adze_tier adze_tier_neon;
extern const adze_tier adze_tier_neondot;

#endif
