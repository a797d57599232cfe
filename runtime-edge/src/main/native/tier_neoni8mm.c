/*
 * AArch64 with the dot-product and the 8-bit matrix instructions (Armv8.6: Cortex-A510, A710, Neoverse V1). Single steps are
 * neondot's; windows multiply two rows of digits by two rows of weights at a time.
 */
#include "vec_neondot.h"

#define TIER_NAME "neon-i8mm"
#define TIER_VARIABLE adze_tier_neoni8mm
#include "lstm.h"
#include "tile_i8mm.h"
#define TILE_INT8_ROWS tile_int8_pairs
#include "window.h"
