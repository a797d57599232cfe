/*
 * Long runs of small networks, one a kind (a precision, or int8 with delta updates or block-sparse weights), through every native tier that the processor can run; prints a hash
 * of all outputs and the last state of each. HashRun.java does the same in Java, with the Java kernels too: all hashes
 * of a kind are equal, on every processor. After each, windows of about as many steps are held against single steps.
 *
 *     hash_run [steps [tier [kind]]]       all tiers and kinds if not named: neon-i8mm int8
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adze.h"
#include "adze_window.h"

static const char *const KIND[] = {"fp32", "fp16", "int8", "int4", "delta", "sparse"};

enum { FP32, FP16, INT8, INT4, DELTA, SPARSE, KINDS };

/* Digits' threshold of the kind "delta"; such that some steps take up changes and others multiply anew. */
enum { HOLD = 48 };

enum { INPUTS = 5, HIDDEN_0 = 24, HIDDEN_1 = 19, OUTPUTS = 2, LAYERS = 3 };

static uint64_t random_state;

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(void) {
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* In [-range, range), exact: 24 bits and a power of two. */
static float next_float(float range) {
    return (float) ((int32_t) (next_random() >> 40) - (1 << 23)) * 0x1p-23f * range;
}

/* A half of magnitude below 0.5, subnormals among them. */
static uint16_t next_half(void) {
    uint64_t r = next_random();
    return (uint16_t) ((r & 0x83ff) | (r >> 16) % 14 << 10);
}

static uint64_t hash;

/* FNV-1a over the bits of floats. */
static void add_to_hash(const float *values, int n) {
    for (int i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        hash = (hash ^ bits) * UINT64_C(0x100000001b3);
    }
}

static void *zeroed(size_t bytes) {
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!memory) {
        exit(1);
    }
    memset(memory, 0, (bytes + 63) / 64 * 64);
    return memory;
}

static int blocks_of(int units) { return (units + ADZE_BLOCK - 1) / ADZE_BLOCK; }

static size_t row_of_slot(int slot, int block, int hidden) {
    int unit = block * ADZE_BLOCK + slot % ADZE_BLOCK;
    return unit < hidden ? (size_t) (slot / ADZE_BLOCK * hidden + unit) : (size_t) -1;
}

static float *pack_rows(const float *rows, int hidden) {
    float *packed = zeroed(sizeof(float) * ADZE_ROWS * (size_t) blocks_of(hidden));
    for (int b = 0; b < blocks_of(hidden); b++) {
        for (int slot = 0; slot < ADZE_ROWS; slot++) {
            size_t row = row_of_slot(slot, b, hidden);
            if (row != (size_t) -1) {
                packed[b * ADZE_ROWS + slot] = rows[row];
            }
        }
    }
    return packed;
}

static int64_t state_size;

static int64_t room(int64_t bytes) {
    int64_t offset = state_size;
    state_size += (bytes + 63) / 64 * 64;
    return offset;
}

/* q + 8, two a byte, as adze_pack_int4 takes them. */
static uint8_t *next_halves(int rows, int columns) {
    int row_bytes = (columns + 1) / 2;
    uint8_t *bytes = zeroed((size_t) (rows * row_bytes));
    for (int row = 0; row < rows; row++) {
        for (int k = 0; k < 2 * row_bytes; k++) {
            unsigned half = k < columns ? 1 + (unsigned) (next_random() % 15) : 8;
            bytes[row * row_bytes + k / 2] |= (uint8_t) (half << 4 * (k % 2));
        }
    }
    return bytes;
}

static uint8_t *next_multipliers(int count) {
    uint8_t *multipliers = zeroed((size_t) count);
    for (int i = 0; i < count; i++) {
        multipliers[i] = (uint8_t) (next_random() % 128);
    }
    return multipliers;
}

/* Row factors of both matrices. */
static void next_factors(adze_layer *layer, float unit, int rows, int hidden, float *scratch) {
    for (int i = 0; i < rows; i++) {
        float scale = (float) (1 + next_random() % 16) * unit;
        scratch[i] = layer->option == 1 ? scale / 127.0f : scale;
    }
    layer->input_factor = pack_rows(scratch, hidden);
    for (int i = 0; i < rows; i++) {
        scratch[i] = (float) (1 + next_random() % 16) * unit / 127.0f;
    }
    layer->hidden_factor = pack_rows(scratch, hidden);
}

/* Zeroes two of five blocks of 16 units by 4 columns of [4 * hidden, columns], counted gate by gate, row by row. */
static void zero_blocks(int8_t *matrix, int hidden, int columns) {
    int groups = (columns + 3) / 4;
    for (int row = 0; row < 4 * hidden; row++) {
        for (int k = 0; k < columns; k++) {
            int block = (row / hidden * blocks_of(hidden) + row % hidden / ADZE_BLOCK) * groups + k / 4;
            if (block % 5 < 2) {
                matrix[row * columns + k] = 0;
            }
        }
    }
}

/* From the whole packing: only blocks of 16 x 4 with a weight other than zero. */
static void leave_out_blocks(adze_layer *layer, const int8_t *whole, int input_groups, int hidden_groups) {
    static const int8_t ZERO[4 * ADZE_BLOCK];
    const int blocks = blocks_of(layer->output_size), groups = input_groups + hidden_groups;
    int8_t *packed = zeroed((size_t) (blocks * groups) * 4 * ADZE_ROWS);
    uint16_t *kept = zeroed(sizeof(uint16_t) * 4 * (size_t) (blocks * groups));
    int32_t *lists = zeroed(sizeof(int32_t) * (8 * (size_t) blocks + 1));
    int taken = 0, list = 0;
    for (int part = 0; part < 2 * blocks; part++) {
        const int first = part % 2 ? input_groups : 0, count = part % 2 ? hidden_groups : input_groups;
        const int8_t *source = whole + (size_t) (part / 2 * groups + first) * 4 * ADZE_ROWS;
        for (int gate = 0; gate < 4; gate++) {
            lists[list++] = taken;
            for (int g = 0; g < count; g++) {
                const int8_t *block = source + (4 * g + gate) * (int) sizeof ZERO;
                if (memcmp(block, ZERO, sizeof ZERO) != 0) {
                    memcpy(packed + (size_t) taken * sizeof ZERO, block, sizeof ZERO);
                    kept[taken++] = (uint16_t) g;
                }
            }
        }
    }
    lists[list] = taken;
    layer->kind = ADZE_LSTM_INT8_SPARSE;
    layer->weights = packed;
    layer->block_groups = kept;
    layer->block_lists = lists;
    layer->left_out = 4 * blocks * groups - taken;
    layer->left_out_count = room(8);
}

/* An area of delta updates (adze.h). */
static int64_t delta_area(int groups, int blocks) {
    int64_t area = room(64);
    room(4 * groups);
    room(12 * groups);
    room(4 * ADZE_ROWS * blocks);
    return area;
}

/* Draws in the order of HashRun.java: weight_ih, weight_hh, (their multipliers, their scales,) bias. */
static void make_lstm(adze_layer *layer, int kind, int inputs, int hidden) {
    int rows = 4 * hidden, blocks = blocks_of(hidden);
    layer->input_size = inputs;
    layer->output_size = hidden;
    layer->output = room(4 * ADZE_BLOCK * blocks);
    layer->cell = room(4 * ADZE_BLOCK * blocks);
    float *scratch = zeroed(sizeof(float) * (size_t) rows);
    if (kind == INT8 || kind == DELTA || kind == SPARSE) {
        int input_groups = (inputs + 3) / 4, hidden_groups = (hidden + 3) / 4, groups = input_groups + hidden_groups;
        int8_t *ih = zeroed((size_t) (rows * inputs)), *hh = zeroed((size_t) (rows * hidden));
        for (int i = 0; i < rows * inputs; i++) {
            ih[i] = (int8_t) ((int) (next_random() % 255) - 127);
        }
        for (int i = 0; i < rows * hidden; i++) {
            hh[i] = (int8_t) ((int) (next_random() % 255) - 127);
        }
        if (kind == SPARSE) {
            zero_blocks(ih, hidden, inputs);
            zero_blocks(hh, hidden, hidden);
        }
        next_factors(layer, 0x1p-12f, rows, hidden, scratch);
        int8_t *packed = zeroed((size_t) blocks * (size_t) groups * 4 * ADZE_ROWS);
        int32_t *input_offset = zeroed(sizeof(int32_t) * ADZE_ROWS * (size_t) blocks);
        int32_t *hidden_offset = zeroed(sizeof(int32_t) * ADZE_ROWS * (size_t) blocks);
        adze_pack_int8(packed, input_offset, hidden_offset, ih, hh, inputs, hidden, 0, blocks);
        layer->kind = ADZE_LSTM_INT8;
        layer->weights = packed;
        layer->input_offset = input_offset;
        layer->hidden_offset = hidden_offset;
        if (kind == SPARSE) {
            leave_out_blocks(layer, packed, input_groups, hidden_groups);
        } else if (kind == DELTA) {
            layer->kind = ADZE_LSTM_INT8_DELTA;
            layer->hold = HOLD;
            layer->held = room(4 * ADZE_BLOCK * blocks);
            layer->delta_input = layer->option == 1 ? delta_area(input_groups, blocks) : 0;
            layer->delta_hidden = delta_area(hidden_groups, blocks);
        }
        layer->next = room(ADZE_BLOCK * blocks);
        layer->output_digits = room(ADZE_BLOCK * blocks);
    } else if (kind == INT4) {
        int input_groups = (inputs + ADZE_GROUP - 1) / ADZE_GROUP, hidden_groups = (hidden + ADZE_GROUP - 1) / ADZE_GROUP;
        uint8_t *ih = next_halves(rows, inputs);
        uint8_t *hh = next_halves(rows, hidden);
        uint8_t *multiplier_ih = next_multipliers(rows * input_groups);
        uint8_t *multiplier_hh = next_multipliers(rows * hidden_groups);
        next_factors(layer, 0x1p-15f, rows, hidden, scratch);
        uint8_t *packed = zeroed((size_t) (blocks * (input_groups + hidden_groups)) * ADZE_GROUP_BYTES);
        adze_pack_int4(packed, ih, multiplier_ih, hh, multiplier_hh, inputs, hidden, 0, blocks);
        layer->kind = ADZE_LSTM_INT4;
        layer->weights = packed;
        layer->group_starts = room(4 * (2 * input_groups + hidden_groups));
        layer->next = room(ADZE_BLOCK * blocks);
        layer->output_digits = room(ADZE_BLOCK * blocks);
    } else if (kind == FP16) {
        uint16_t *ih = zeroed(sizeof(uint16_t) * (size_t) (rows * inputs));
        uint16_t *hh = zeroed(sizeof(uint16_t) * (size_t) (rows * hidden));
        for (int i = 0; i < rows * inputs; i++) {
            ih[i] = next_half();
        }
        for (int i = 0; i < rows * hidden; i++) {
            hh[i] = next_half();
        }
        void *packed = zeroed(sizeof(uint16_t) * ADZE_ROWS * (size_t) (blocks * (inputs + hidden)));
        adze_pack_fp16(packed, ih, hh, inputs, hidden, 0, blocks);
        layer->kind = ADZE_LSTM_FP16;
        layer->weights = packed;
        layer->next = room(4 * ADZE_BLOCK * blocks);
    } else {
        float *ih = zeroed(sizeof(float) * (size_t) (rows * inputs));
        float *hh = zeroed(sizeof(float) * (size_t) (rows * hidden));
        for (int i = 0; i < rows * inputs; i++) {
            ih[i] = next_float(0.5f);
        }
        for (int i = 0; i < rows * hidden; i++) {
            hh[i] = next_float(0.5f);
        }
        float *packed = zeroed(sizeof(float) * ADZE_ROWS * (size_t) (blocks * (inputs + hidden)));
        adze_pack_fp32(packed, ih, hh, inputs, hidden, 0, blocks);
        layer->kind = ADZE_LSTM_FP32;
        layer->weights = packed;
        layer->next = room(4 * ADZE_BLOCK * blocks);
    }
    for (int i = 0; i < rows; i++) {
        scratch[i] = next_float(0.5f);
    }
    layer->bias = pack_rows(scratch, hidden);
}

static void make_dense(adze_layer *layer, int inputs, int outputs) {
    float *packed = zeroed(sizeof(float) * ADZE_BLOCK * (size_t) inputs), *bias = zeroed(sizeof(float) * ADZE_BLOCK);
    for (int row = 0; row < outputs; row++) {
        for (int k = 0; k < inputs; k++) {
            packed[k * ADZE_BLOCK + row] = next_float(0.5f);
        }
    }
    for (int row = 0; row < outputs; row++) {
        bias[row] = next_float(0.5f);
    }
    layer->kind = ADZE_DENSE;
    layer->input_size = inputs;
    layer->output_size = outputs;
    layer->weights = packed;
    layer->bias = bias;
    layer->output = room(4 * ADZE_BLOCK);
}

enum { WINDOW_STEPS = 40, SEQUENCES = 7 };

/*
 * Windows of several sequences against single steps: ends the program where a bit of h or c differs. Of fp32, fp16, int8, int4.
 * x is [steps][sequences][inputs].
 */
static void check_windows(const adze_plan *plan, char *state) {
    static float x[WINDOW_STEPS][SEQUENCES][INPUTS];
    for (int i = 0; i < WINDOW_STEPS * SEQUENCES * INPUTS; i++) {
        (&x[0][0][0])[i] = next_float(2.0f);
    }
    int64_t kept = state_size;
    state_size = 0;
    adze_window_layer place[2];
    const int rows = adze_window_rows();
    const int integers = plan->layer[0].kind == ADZE_LSTM_INT8 || plan->layer[0].kind == ADZE_LSTM_INT4;
    int64_t input = room((int64_t) sizeof x), digits = 0, stride = INPUTS;
    for (int i = 0; i < 2; i++) {
        int64_t units = (int64_t) blocks_of(plan->layer[i].output_size) * ADZE_BLOCK;
        place[i].input = input;
        place[i].input_digits = integers && i == 0 ? room(rows * (INPUTS + ADZE_GROUP)) : digits;
        place[i].input_low = room(rows * (INPUTS + ADZE_GROUP));
        place[i].input_scale = room(4 * rows);
        place[i].group_starts = room(4 * rows * (2 * (stride / ADZE_GROUP + 1) + units / ADZE_GROUP + 1));
        place[i].input_stride = stride;
        place[i].sums = room(4 * rows * 4 * units);
        place[i].hidden = room(4 * (WINDOW_STEPS + 1) * SEQUENCES * units);
        place[i].digits = room((WINDOW_STEPS + 1) * SEQUENCES * units + ADZE_GROUP);
        place[i].cell = room(4 * SEQUENCES * units);
        void *apart = i ? zeroed((size_t) adze_window_weights(plan, i, NULL)) : NULL; /* read both ways */
        if (apart) {
            adze_window_weights(plan, i, apart);
        }
        place[i].recurrent = apart;
        input = place[i].hidden + 4 * SEQUENCES * units;
        digits = place[i].digits + SEQUENCES * units;
        stride = units;
    }
    char *memory = zeroed((size_t) state_size);
    memcpy(memory, x, sizeof x);
    for (int i = 0; i < 2; i++) {
        adze_window_begin(plan, i, &place[i], SEQUENCES, memory);
        adze_window_steps(plan, i, &place[i], SEQUENCES, memory, 0, 11);
    }
    for (int i = 0; i < 2; i++) {
        adze_window_steps(plan, i, &place[i], SEQUENCES, memory, 11, WINDOW_STEPS);
    }
    for (int s = 0; s < SEQUENCES; s++) {
        memset(state, 0, (size_t) kept);
        adze_refresh(plan, state);
        for (int t = 0; t < WINDOW_STEPS; t++) {
            adze_advance(plan, state, x[t][s], 1);
        }
        for (int i = 0; i < 2; i++) {
            const adze_layer *layer = &plan->layer[i];
            int64_t units = (int64_t) blocks_of(layer->output_size) * ADZE_BLOCK;
            size_t bytes = sizeof(float) * (size_t) layer->output_size;
            if (memcmp(state + layer->output, memory + place[i].hidden + 4 * (WINDOW_STEPS * SEQUENCES + s) * units, bytes) != 0
                || memcmp(state + layer->cell, memory + place[i].cell + 4 * s * units, bytes) != 0) {
                printf("FAILED: windows of %s differ from its steps, layer %d, sequence %d\n", adze_tier_name(plan->tier), i, s);
                exit(1);
            }
        }
    }
    free(memory);
    free((void *) place[1].recurrent);
    state_size = kept;
}

static void run(int kind, int tier, int64_t steps) {
    static const uint64_t SEED[] = {32, 16, 8, 4, 2, 1};
    random_state = SEED[kind];
    state_size = 0;
    adze_plan *plan = zeroed(sizeof(adze_plan) + LAYERS * sizeof(adze_layer));
    adze_layer *layer = plan->layer;
    plan->tier = tier;
    plan->layers = LAYERS;
    plan->advance_layers = LAYERS - 1;
    plan->input_size = INPUTS;
    plan->input = room(4 * INPUTS);
    layer[0].option = 2;
    layer[0].input = plan->input;
    layer[0].input_digits = room(INPUTS);
    layer[0].input_low = room(INPUTS);
    layer[0].input_scale = room(4);
    make_lstm(&layer[0], kind, INPUTS, HIDDEN_0);
    layer[1].option = 1;
    layer[1].input = layer[0].output;
    layer[1].input_digits = layer[0].output_digits;
    make_lstm(&layer[1], kind, HIDDEN_0, HIDDEN_1);
    layer[2].input = layer[1].output;
    make_dense(&layer[2], HIDDEN_1, OUTPUTS);
    char *state = zeroed((size_t) state_size);
    adze_refresh(plan, state);
    hash = UINT64_C(0xcbf29ce484222325);
    for (int64_t t = 0; t < steps; t++) {
        float *x = (float *) (state + plan->input);
        float range = (float) (UINT64_C(1) << next_random() % 8) * 0.0625f;
        for (int k = 0; k < INPUTS; k++) {
            x[k] = next_float(range);
        }
        adze_step(plan, state);
        add_to_hash((const float *) (state + layer[2].output), OUTPUTS);
    }
    for (int i = 0; i < 2; i++) {
        add_to_hash((const float *) (state + layer[i].output), layer[i].output_size);
        add_to_hash((const float *) (state + layer[i].cell), layer[i].output_size);
        if (kind == DELTA) {
            add_to_hash((const float *) (state + layer[i].held), layer[i].output_size);
        }
        if (kind == SPARSE || kind == DELTA) { /* or nothing was tried */
            int64_t skipped = *(const int64_t *) (state + (kind == SPARSE ? layer[i].left_out_count : layer[i].delta_hidden));
            if (skipped == 0 && steps > 1000) {
                printf("FAILED: %s left nothing out of layer %d\n", KIND[kind], i);
                exit(1);
            }
        }
    }
    printf("%s %-14s %016" PRIx64 "\n", KIND[kind], adze_tier_name(tier), hash);
    fflush(stdout);
    if (kind <= INT4) {
        for (int64_t done = 0; done < steps; done += WINDOW_STEPS * SEQUENCES) {
            check_windows(plan, state);
        }
    }
}

int main(int count, char **arguments) {
    int64_t steps = count > 1 ? atoll(arguments[1]) : 100000;
    const char *only_tier = count > 2 ? arguments[2] : NULL, *only_kind = count > 3 ? arguments[3] : NULL;
    int runs = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        for (int tier = 0; tier < adze_tier_count(); tier++) {
            if (adze_tier_usable(tier) && (!only_tier || strcmp(only_tier, adze_tier_name(tier)) == 0)
                && (!only_kind || strcmp(only_kind, KIND[kind]) == 0)) {
                run(kind, tier, steps);
                runs++;
            }
        }
    }
    if (runs == 0) {
        printf("FAILED: no such tier on this processor, or no such kind\n");
        return 1;
    }
    return 0;
}
