/*
 * Adze's native kernels: one call computes a whole time step of a recurrent network.
 *
 * The arithmetic is fixed operation by operation (docs/arithmetic.md), so every tier on every processor gives the bits
 * of the scalar Java kernel. The library keeps no state and takes no locks; the caller owns all memory:
 *
 *   plan    what to compute and with which weights; written once at load, shared, read only
 *   state   everything that changes: signals, recurrent state, scratch; one block of memory a running network
 *
 * Offsets are bytes from the start of the state block; every one is a multiple of 64, and so is the block's address.
 */
#ifndef ADZE_H
#define ADZE_H

#include <stdint.h>

/* Changes with any of the structures, layouts or functions below. */
#define ADZE_ABI 10

#if defined(__GNUC__)
#define ADZE_EXPORT __attribute__((visibility("default")))
#else
#define ADZE_EXPORT
#endif

/* Units of a block, rows of a block (four gates), rows of a dense block. */
enum { ADZE_BLOCK = 16, ADZE_ROWS = 64 };

/* int4: k that share a multiplier; bytes of a block's rows for as many. Inputs of a layer, at most. */
enum { ADZE_GROUP = 32, ADZE_GROUP_BYTES = ADZE_ROWS + ADZE_ROWS * ADZE_GROUP / 2, ADZE_MAX_SIZE = 16384 };

enum adze_kind { ADZE_DENSE = 0, ADZE_LSTM_FP32 = 1, ADZE_LSTM_FP16 = 2, ADZE_LSTM_INT8 = 3, ADZE_LSTM_INT4 = 4,
                 ADZE_LSTM_INT8_DELTA = 5, ADZE_LSTM_INT8_SPARSE = 6 };

enum adze_activation { ADZE_IDENTITY = 0, ADZE_RELU = 1, ADZE_TANH = 2, ADZE_GELU = 3 };

/*
 * Packed weights, 64-byte aligned, little endian, padding zero:
 *
 *   LSTM fp32   [block][k][gate][16 units]            k: the inputs, then the hidden values
 *   LSTM fp16   the same in half precision
 *   LSTM int8   [block][k/4][gate][16 units][4 k]     k: the inputs padded to fours, then the hidden values likewise
 *   int8 sparse [block][inputs, hidden][gate][kept k/4][16 units][4 k]     16 x 4 weights that are all zero are left out
 *   LSTM int4   [block][k/32] { multipliers [gate][16 units], weights [k/8][gate][16 units][4 bytes] }
 *               k: the inputs padded to groups of 32, then the hidden values likewise; byte i of eight k has q[i] + 8 in
 *               its low half and q[4 + i] + 8 in its high half
 *   dense       [block of 16 rows][k][16 rows]
 *
 * Vectors a row, float: LSTM [block][gate][16 units], dense [rows padded to 16].
 */
typedef struct adze_layer {
    int32_t kind;          /* enum adze_kind */
    int32_t input_size;
    int32_t output_size;   /* units of an LSTM, rows of a dense layer */
    int32_t option;        /* int8, int4 LSTM: digits an input value has, 1 or 2; dense: enum adze_activation */
    const void *weights;
    const float *bias;
    const float *input_factor;    /* int8, int4: sx a row */
    const float *hidden_factor;   /* int8, int4: sh a row */
    const int32_t *input_offset;  /* int8: -128 * sum of the row's input weights */
    const int32_t *hidden_offset; /* int8: -128 * sum of the row's hidden weights */
    const uint16_t *block_groups; /* int8 sparse: k/4 of every block kept, in the order of the weights */
    const int32_t *block_lists;   /* int8 sparse: [block][inputs, hidden][gate], and one more: the first block of the list */
    int64_t input;         /* state: the layer's input values, float */
    int64_t input_digits;  /* state, int8, int4: one byte a value; with two digits the high ones (scratch) */
    int64_t input_low;     /* state, int8, int4 with two digits: the low digits (scratch); with one digit 0, or the digits of
                              an int4 layer before an int8 one or the other way round, from which input_digits (scratch
                              then) are translated */
    int64_t input_scale;   /* state, int8, int4 with two digits: their scale, one float (scratch) */
    int64_t group_starts;  /* state, int4: what groups' sums start with (scratch): of the input's digits (of the low ones
                              too where there are two), then of h; 32-bit integers */
    int64_t hold;          /* int8, int4: digits of h keep their value until they have moved by this much; 0: never */
    int64_t held;          /* state, with hold: digits of h as floats, for saved states */
    int64_t delta_input;   /* state, int8 delta with one digit an input value: an area as below, for the input's digits */
    int64_t delta_hidden;  /* state, int8 delta: the same for the digits of h */
    int64_t left_out;      /* int8 sparse: multiply-accumulates that a step has less */
    int64_t left_out_count; /* state, int8 sparse: int64, their sum since refresh */
    int64_t output;        /* state: output values, float; of an LSTM h */
    int64_t output_digits; /* state, int8, int4: digits of h */
    int64_t cell;          /* state: c, float */
    int64_t next;          /* state: scratch for the new h (fp32, fp16) or its digits (int8, int4) */
} adze_layer;

/*
 * An area of delta updates: what sums stand for is kept, and only columns whose digits have changed since are multiplied.
 *   64 bytes           int64: multiply-accumulates skipped since refresh; int32: changed groups of four
 *   groups * 4, to 64  digits that the sums stand for
 *   groups * 12, to 64 changed groups: index, digits before, digits now
 *   blocks * 64 * 4    sums, 32-bit integers
 */

typedef struct adze_plan {
    int32_t tier;            /* index of a usable tier */
    int32_t layers;
    int32_t advance_layers;  /* layers up to and with the last recurrent one */
    int32_t input_size;
    int64_t input;           /* state: the network's input values, float */
    int64_t reserved;
    adze_layer layer[];
} adze_plan;

/* ADZE_ABI of this library. */
ADZE_EXPORT int32_t adze_abi(void);

/* The tiers in this library, from the plainest to the fastest. */
ADZE_EXPORT int32_t adze_tier_count(void);
ADZE_EXPORT const char *adze_tier_name(int32_t tier);
/* 1 if this processor (and its operating system) can run the tier, else 0. */
ADZE_EXPORT int32_t adze_tier_usable(int32_t tier);

/* One step: from the input values in the state block to the last layer's output there. */
ADZE_EXPORT void adze_step(const adze_plan *plan, void *state);

/* Advances the recurrent state over `steps` rows of features [steps, input_size]; leaves out the layers after it. */
ADZE_EXPORT void adze_advance(const adze_plan *plan, void *state, const float *features, int64_t steps);

/*
 * A step by several threads: one leads, others help. The members of a team have equal shares of a layer's blocks, and
 * whoever is done takes blocks of the others; a helper that comes late, or never, costs nothing but what it would have
 * done. The result has the bits of adze_step. Steps of a team are led one after another.
 *
 *   team    adze_team_bytes(members) of zeroed memory, aligned to 128 bytes
 *   step    1, 2, 3, ...: another one for each step that a team takes
 *   layers  how many of the plan's to run; plans of more than ADZE_TEAM_LAYERS layers are not for teams
 */
enum { ADZE_TEAM_LAYERS = 254 };
ADZE_EXPORT int64_t adze_team_bytes(int32_t members);
ADZE_EXPORT void adze_team_lead(const adze_plan *plan, void *state, void *team, int32_t members, int64_t step,
                                int32_t layers);
/* Returns when the step is over; does nothing if it is over already. Members but the leader are 1, 2, ... */
ADZE_EXPORT void adze_team_help(const adze_plan *plan, void *state, void *team, int32_t members, int64_t step,
                                int32_t layers, int32_t member);

/* The processors that the calling thread may run on, ascending; returns how many of the first `capacity` were written. */
ADZE_EXPORT int32_t adze_processors(int32_t *processors, int32_t capacity);
/* Has the calling thread run on one processor only; 1 if the system agrees, else 0. */
ADZE_EXPORT int32_t adze_pin(int32_t processor);

/* Brings the digits up to h after the caller has written h; any h is allowed. */
ADZE_EXPORT void adze_refresh(const adze_plan *plan, void *state);

/* Rows of packed weights from row-major matrices [4*hidden, inputs] and [4*hidden, hidden]: blocks first..last-1. */
ADZE_EXPORT void adze_pack_fp32(void *packed, const void *weight_ih, const void *weight_hh,
                                int32_t inputs, int32_t hidden, int32_t first, int32_t last);
ADZE_EXPORT void adze_pack_fp16(void *packed, const void *weight_ih, const void *weight_hh,
                                int32_t inputs, int32_t hidden, int32_t first, int32_t last);
ADZE_EXPORT void adze_pack_int8(int8_t *packed, int32_t *input_offset, int32_t *hidden_offset,
                                const void *weight_ih, const void *weight_hh,
                                int32_t inputs, int32_t hidden, int32_t first, int32_t last);

/*
 * int4: weights as two of q + 8 a byte, row by row, the low half first, [4*hidden, (columns + 1) / 2]; multipliers
 * [4*hidden, (columns + 31) / 32].
 */
ADZE_EXPORT void adze_pack_int4(uint8_t *packed, const void *weight_ih, const void *multiplier_ih,
                                const void *weight_hh, const void *multiplier_hh,
                                int32_t inputs, int32_t hidden, int32_t first, int32_t last);

/* Zeroed memory for weights, aligned to 2 MiB and on huge pages where the system grants them; null when there is none. */
ADZE_EXPORT void *adze_map(int64_t bytes);
ADZE_EXPORT void adze_unmap(void *address, int64_t bytes);

/* The activations of a tier, for tests: y[i] = f(x[i]). */
ADZE_EXPORT void adze_tanh(int32_t tier, const float *x, float *y, int64_t n);
ADZE_EXPORT void adze_sigmoid(int32_t tier, const float *x, float *y, int64_t n);
ADZE_EXPORT void adze_gelu(int32_t tier, const float *x, float *y, int64_t n);

/* Reads memory as the kernels do and does nothing else, for measuring the limit: exclusive or of all 8-byte words. */
ADZE_EXPORT int64_t adze_read(int32_t tier, const void *memory, int64_t bytes, int32_t prefetch_bytes);

#endif
