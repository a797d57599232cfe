/* Memory for weights, and their way from row-major matrices into the layouts of adze.h. */
#define _GNU_SOURCE
#include "adze.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

static size_t whole_pages(int64_t bytes) { return ((size_t) bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE; }

void *adze_map(int64_t bytes) {
    size_t size = whole_pages(bytes);
    char *all = mmap(0, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) {
        return 0;
    }
    char *start = (char *) (((uintptr_t) all + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
    if (start > all) {
        munmap(all, (size_t) (start - all));
    }
    munmap(start + size, (size_t) (all + HUGE_PAGE - start));
    madvise(start, size, MADV_HUGEPAGE); /* a wish; ordinary pages do as well */
    return start;
}

void adze_unmap(void *address, int64_t bytes) { munmap(address, whole_pages(bytes)); }

/*
 * Copies rows of one matrix for one block: element (row, k) of `size` bytes goes to packed[k][slot], a row's slot being
 * gate * 16 + unit. Nothing says that the matrix is aligned.
 */
static inline __attribute__((always_inline)) void pack_rows(char *packed, const char *matrix, int32_t columns,
                                                            int32_t hidden, int32_t block, size_t size) {
    for (int32_t slot = 0; slot < ADZE_ROWS; slot++) {
        int32_t unit = block * ADZE_BLOCK + slot % ADZE_BLOCK;
        if (unit >= hidden) {
            continue;
        }
        size_t row = (size_t) (slot / ADZE_BLOCK) * (size_t) hidden + (size_t) unit;
        const char *source = matrix + row * (size_t) columns * size;
        for (int32_t k = 0; k < columns; k++) {
            memcpy(packed + ((size_t) k * ADZE_ROWS + (size_t) slot) * size, source + (size_t) k * size, size);
        }
    }
}

static inline __attribute__((always_inline)) void pack_real(char *packed, const char *weight_ih, const char *weight_hh,
                                                            int32_t inputs, int32_t hidden, int32_t first, int32_t last,
                                                            size_t size) {
    for (int32_t block = first; block < last; block++) {
        char *p = packed + (size_t) block * (size_t) (inputs + hidden) * ADZE_ROWS * size;
        pack_rows(p, weight_ih, inputs, hidden, block, size);
        pack_rows(p + (size_t) inputs * ADZE_ROWS * size, weight_hh, hidden, hidden, block, size);
    }
}

void adze_pack_fp32(void *packed, const void *weight_ih, const void *weight_hh,
                    int32_t inputs, int32_t hidden, int32_t first, int32_t last) {
    pack_real(packed, weight_ih, weight_hh, inputs, hidden, first, last, 4);
}

void adze_pack_fp16(void *packed, const void *weight_ih, const void *weight_hh,
                    int32_t inputs, int32_t hidden, int32_t first, int32_t last) {
    pack_real(packed, weight_ih, weight_hh, inputs, hidden, first, last, 2);
}

/* As pack_rows, with element (row, k) to packed[k/4][slot][k%4]; offset[slot] becomes -128 * the row's sum. */
static void pack_rows_int8(int8_t *packed, int32_t *offset, const int8_t *matrix, int32_t columns, int32_t hidden,
                           int32_t block) {
    for (int32_t slot = 0; slot < ADZE_ROWS; slot++) {
        int32_t unit = block * ADZE_BLOCK + slot % ADZE_BLOCK;
        if (unit >= hidden) {
            continue;
        }
        const int8_t *source = matrix + ((size_t) (slot / ADZE_BLOCK) * (size_t) hidden + (size_t) unit) * (size_t) columns;
        int8_t *target = packed + 4 * slot;
        int32_t sum = 0, k = 0;
        for (; k + 4 <= columns; k += 4, target += 4 * ADZE_ROWS) {
            memcpy(target, source + k, 4);
            sum += source[k] + source[k + 1] + source[k + 2] + source[k + 3];
        }
        for (int32_t rest = 0; k < columns; k++, rest++) {
            target[rest] = source[k];
            sum += source[k];
        }
        offset[slot] = -128 * sum;
    }
}

void adze_pack_int8(int8_t *packed, int32_t *input_offset, int32_t *hidden_offset,
                    const void *weight_ih, const void *weight_hh,
                    int32_t inputs, int32_t hidden, int32_t first, int32_t last) {
    size_t input_groups = (size_t) (inputs + 3) / 4;
    size_t groups = input_groups + (size_t) (hidden + 3) / 4;
    for (int32_t block = first; block < last; block++) {
        int8_t *p = packed + (size_t) block * groups * 4 * ADZE_ROWS;
        pack_rows_int8(p, input_offset + block * ADZE_ROWS, weight_ih, inputs, hidden, block);
        pack_rows_int8(p + input_groups * 4 * ADZE_ROWS, hidden_offset + block * ADZE_ROWS, weight_hh, hidden, hidden,
                       block);
    }
}

/* One matrix's rows for one block; padding stays zero, which multipliers and digits of zero make as good as any. */
static void pack_rows_int4(uint8_t *packed, const uint8_t *matrix, const uint8_t *multipliers, int32_t columns,
                           int32_t hidden, int32_t block) {
    size_t row_bytes = (size_t) (columns + 1) / 2, groups = (size_t) (columns + ADZE_GROUP - 1) / ADZE_GROUP;
    for (int32_t slot = 0; slot < ADZE_ROWS; slot++) {
        int32_t unit = block * ADZE_BLOCK + slot % ADZE_BLOCK;
        if (unit >= hidden) {
            continue;
        }
        size_t row = (size_t) (slot / ADZE_BLOCK) * (size_t) hidden + (size_t) unit;
        const uint8_t *source = matrix + row * row_bytes;
        for (size_t group = 0; group < groups; group++) {
            uint8_t *target = packed + group * ADZE_GROUP_BYTES;
            target[slot] = multipliers[row * groups + group];
            target += ADZE_ROWS + 4 * slot;
            for (size_t eight = 4 * group; eight < 4 * group + 4; eight++, target += 4 * ADZE_ROWS) {
                uint8_t bytes[4] = {0};
                if (4 * eight < row_bytes) {
                    memcpy(bytes, source + 4 * eight, row_bytes - 4 * eight < 4 ? row_bytes - 4 * eight : 4);
                }
                for (int i = 0; i < 4; i++) { /* k = i and k = 4 + i */
                    int shift = 4 * (i % 2);
                    target[i] = (uint8_t) ((bytes[i / 2] >> shift & 15) | (bytes[2 + i / 2] >> shift & 15) << 4);
                }
            }
        }
    }
}

void adze_pack_int4(uint8_t *packed, const void *weight_ih, const void *multiplier_ih,
                    const void *weight_hh, const void *multiplier_hh,
                    int32_t inputs, int32_t hidden, int32_t first, int32_t last) {
    size_t input_groups = (size_t) (inputs + ADZE_GROUP - 1) / ADZE_GROUP;
    size_t groups = input_groups + (size_t) (hidden + ADZE_GROUP - 1) / ADZE_GROUP;
    for (int32_t block = first; block < last; block++) {
        uint8_t *p = packed + (size_t) block * groups * ADZE_GROUP_BYTES;
        pack_rows_int4(p, weight_ih, multiplier_ih, inputs, hidden, block);
        pack_rows_int4(p + input_groups * ADZE_GROUP_BYTES, weight_hh, multiplier_hh, hidden, hidden, block);
    }
}
