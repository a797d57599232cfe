/* AArch64 with the dot-product instructions (Armv8.2 and later: Cortex-A75, Carmel). */
#include "vec_neondot.h"

#define TIER_NAME "neon-dotprod"
#define TIER_VARIABLE adze_tier_neondot
#include "lstm.h"
#include "window.h"
