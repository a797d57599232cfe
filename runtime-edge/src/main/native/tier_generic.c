/* Any processor. */
#include "vec_generic.h"

#define TIER_NAME "generic"
#define TIER_VARIABLE adze_tier_generic
#include "lstm.h"
#include "window.h"
