/* What a tier offers; dispatch.c collects the tiers of this build. Inside the library only. */
#ifndef ADZE_TIER_H
#define ADZE_TIER_H

#include "adze.h"

typedef struct adze_tier {
    const char *name;
    void (*run)(const adze_plan *plan, char *state, int32_t layers);
    void (*begin_layer)(const adze_layer *layer, char *state);
    /* Blocks first..last-1; different blocks may run at the same time. */
    void (*run_blocks)(const adze_layer *layer, char *state, int32_t first, int32_t last);
    void (*end_layer)(const adze_layer *layer, char *state);
    void (*refresh)(const adze_plan *plan, char *state);
    void (*tanh)(const float *x, float *y, int64_t n);
    void (*sigmoid)(const float *x, float *y, int64_t n);
    void (*gelu)(const float *x, float *y, int64_t n);
    int64_t (*read)(const void *memory, int64_t bytes, int32_t prefetch_bytes);
} adze_tier;

/* Blocks of 16 units or rows. */
static inline int32_t adze_blocks(const adze_layer *layer) {
    return (layer->output_size + ADZE_BLOCK - 1) / ADZE_BLOCK;
}

/* The tier of a plan. */
const adze_tier *adze_tier_of(const adze_plan *plan);

extern const adze_tier adze_tier_generic;
extern const adze_tier adze_tier_avx2;
extern const adze_tier adze_tier_avxvnni;
extern const adze_tier adze_tier_avx512vnni;
extern const adze_tier adze_tier_neon;
extern const adze_tier adze_tier_neondot;
extern const adze_tier adze_tier_neoni8mm;

#endif
