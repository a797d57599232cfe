/* A step by several threads (adze.h). Blocks of a layer are taken one by one, from one's own share and then from others'. */
#define _GNU_SOURCE
#include "tier.h"

#include <sched.h>
#include <stdatomic.h>

enum {
    LINE = 128,           /* two cache lines: processors fetch them in pairs */
    BLOCK_BITS = 12,      /* of a share's word; the rest is the phase */
    STEP_BITS = 8,        /* phases of a step: one a layer, and its end */
    STEP_END = (1 << STEP_BITS) - 1,
    SPINS_BEFORE_YIELD = 4000,
    /* A layer of fewer products (about a microsecond) is done sooner by one thread than two can agree on it. */
    MIN_SHARED_PRODUCTS = 32768
};

/* A word that threads wait for or compete for, on cache lines of its own. */
typedef struct {
    _Alignas(LINE) _Atomic uint64_t word;
} lonely;

typedef struct {
    lonely phase;  /* step << STEP_BITS | layer: whose blocks may be taken now; written by the leader only */
    lonely done;   /* blocks of the phase that helpers have finished */
    lonely started; /* for the caller's own use */
    lonely share[]; /* a member: phase << BLOCK_BITS | next block of its share */
} team_memory;

int64_t adze_team_bytes(int32_t members) {
    return (int64_t) (sizeof(team_memory) + (size_t) members * sizeof(lonely));
}

static inline void relax(int32_t *spins) {
    if (++*spins > SPINS_BEFORE_YIELD) {
        sched_yield();
        return;
    }
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

/* A block of the share if the phase is still on and there is one left, else -1. */
static int32_t take(lonely *share, uint64_t phase, int32_t end) {
    uint64_t now = atomic_load_explicit(&share->word, memory_order_acquire);
    do {
        if (now >> BLOCK_BITS != phase || (int32_t) (now & ((1 << BLOCK_BITS) - 1)) >= end) {
            return -1;
        }
    } while (!atomic_compare_exchange_weak_explicit(&share->word, &now, now + 1, memory_order_acq_rel,
                                                    memory_order_acquire));
    return (int32_t) (now & ((1 << BLOCK_BITS) - 1));
}

/* Blocks of all shares, one's own first; returns how many were computed. */
static int32_t work(const adze_layer *layer, void *state, const adze_tier *tier, team_memory *team, int32_t members,
                    int32_t member, uint64_t phase) {
    const int32_t blocks = adze_blocks(layer);
    int32_t count = 0;
    for (int32_t i = 0; i < members; i++) {
        int32_t owner = (member + i) % members;
        int32_t end = (int32_t) ((int64_t) blocks * (owner + 1) / members);
        int32_t block;
        while ((block = take(&team->share[owner], phase, end)) >= 0) {
            tier->run_blocks(layer, state, block, block + 1);
            count++;
        }
    }
    return count;
}

static int worth_sharing(const adze_layer *layer) {
    const int32_t blocks = adze_blocks(layer);
    const int64_t products = layer->kind == ADZE_DENSE
                                 ? (int64_t) layer->input_size * layer->output_size
                                 : ((int64_t) layer->input_size + layer->output_size) * 4 * layer->output_size;
    return blocks > 1 && blocks < 1 << BLOCK_BITS && products >= MIN_SHARED_PRODUCTS;
}

void adze_team_lead(const adze_plan *plan, void *state, void *memory, int32_t members, int64_t step, int32_t layers) {
    team_memory *team = memory;
    const adze_tier *tier = adze_tier_of(plan);
    const uint64_t first = (uint64_t) step << STEP_BITS;
    for (int32_t i = 0; i < layers; i++) {
        const adze_layer *layer = &plan->layer[i];
        const int32_t blocks = adze_blocks(layer);
        tier->begin_layer(layer, state);
        if (worth_sharing(layer)) {
            const uint64_t phase = first + (uint64_t) i;
            atomic_store_explicit(&team->done.word, 0, memory_order_relaxed);
            for (int32_t m = 0; m < members; m++) {
                uint64_t begin = (uint64_t) ((int64_t) blocks * m / members);
                atomic_store_explicit(&team->share[m].word, phase << BLOCK_BITS | begin, memory_order_release);
            }
            atomic_store_explicit(&team->phase.word, phase, memory_order_release);
            uint64_t others = (uint64_t) (blocks - work(layer, state, tier, team, members, 0, phase));
            for (int32_t spins = 0; atomic_load_explicit(&team->done.word, memory_order_acquire) != others;) {
                relax(&spins);
            }
        } else {
            tier->run_blocks(layer, state, 0, blocks);
        }
        tier->end_layer(layer, state);
    }
    atomic_store_explicit(&team->phase.word, first + STEP_END, memory_order_release);
}

void adze_team_help(const adze_plan *plan, void *state, void *memory, int32_t members, int64_t step, int32_t layers,
                    int32_t member) {
    team_memory *team = memory;
    const adze_tier *tier = adze_tier_of(plan);
    const uint64_t first = (uint64_t) step << STEP_BITS;
    const uint64_t over = first + (uint64_t) layers;
    uint64_t next = first;
    for (int32_t spins = 0;;) {
        uint64_t phase = atomic_load_explicit(&team->phase.word, memory_order_acquire);
        if (phase >= over) {
            return;
        }
        if (phase < next) {
            relax(&spins);
            continue;
        }
        int32_t count = work(&plan->layer[phase - first], state, tier, team, members, member, phase);
        if (count > 0) {
            atomic_fetch_add_explicit(&team->done.word, (uint64_t) count, memory_order_acq_rel);
        }
        next = phase + 1;
        spins = 0;
    }
}

int32_t adze_processors(int32_t *processors, int32_t capacity) {
    cpu_set_t set;
    int32_t count = 0;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        for (int32_t cpu = 0; cpu < CPU_SETSIZE && count < capacity; cpu++) {
            if (CPU_ISSET(cpu, &set)) {
                processors[count++] = cpu;
            }
        }
    }
    return count;
}

int32_t adze_pin(int32_t processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (processor < 0 || processor >= CPU_SETSIZE) {
        return 0;
    }
    CPU_SET(processor, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}
