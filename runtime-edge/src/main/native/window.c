/* The exported functions of adze_window.h. */
#include "adze_window.h"

#include <string.h>

extern const adze_window_tier adze_tier_generic_window;
extern const adze_window_tier adze_tier_avx2_window;
extern const adze_window_tier adze_tier_avxvnni_window;
extern const adze_window_tier adze_tier_avx512vnni_window;
extern const adze_window_tier adze_tier_neon_window;
extern const adze_window_tier adze_tier_neondot_window;
extern const adze_window_tier adze_tier_neoni8mm_window;

static const adze_window_tier *const TIERS[] = {
    &adze_tier_generic_window,
#ifdef ADZE_WITH_AVX2
    &adze_tier_avx2_window,
#endif
#ifdef ADZE_WITH_AVXVNNI
    &adze_tier_avxvnni_window,
#endif
#ifdef ADZE_WITH_AVX512VNNI
    &adze_tier_avx512vnni_window,
#endif
#ifdef ADZE_WITH_NEON
    &adze_tier_neon_window,
#endif
#ifdef ADZE_WITH_NEONDOT
    &adze_tier_neondot_window,
#endif
#ifdef ADZE_WITH_NEONI8MM
    &adze_tier_neoni8mm_window,
#endif
};

static const adze_window_tier *tier_of(const adze_plan *plan) {
    const char *name = adze_tier_name(plan->tier);
    for (size_t i = 0; i < sizeof TIERS / sizeof TIERS[0]; i++) {
        if (strcmp(TIERS[i]->name, name) == 0) {
            return TIERS[i];
        }
    }
    return 0;
}

int32_t adze_window_rows(void) { return ADZE_WINDOW_ROWS; }

int32_t adze_window_usable(const adze_plan *plan) { return tier_of(plan) != 0; }

int64_t adze_window_weights(const adze_plan *plan, int32_t layer, void *copy) {
    const adze_layer *it = &plan->layer[layer];
    const size_t blocks = ((size_t) it->output_size + ADZE_BLOCK - 1) / ADZE_BLOCK;
    const size_t inputs = adze_matrix_bytes(it->kind, it->input_size), hidden = adze_matrix_bytes(it->kind, it->output_size);
    for (size_t b = 0; copy && b < blocks; b++) {
        memcpy((char *) copy + b * hidden, (const char *) it->weights + b * (inputs + hidden) + inputs, hidden);
    }
    return (int64_t) (blocks * hidden);
}

void adze_window_begin(const adze_plan *plan, int32_t layer, const adze_window_layer *place, int32_t sequences, void *memory) {
    tier_of(plan)->begin(&plan->layer[layer], place, sequences, memory);
}

void adze_window_steps(const adze_plan *plan, int32_t layer, const adze_window_layer *place, int32_t sequences, void *memory,
                       int32_t first, int32_t last) {
    tier_of(plan)->steps(&plan->layer[layer], place, sequences, memory, first, last);
}
