// All LSTM layers of a network and its dense layers, over any number of time steps, in one persistent kernel.
//
// A task is one unit of one LSTM layer; a warp has ADZE_TASKS of them. Its weights are loaded once, into registers, then
// shared memory, as far as these reach, and serve all steps. Layers run as a wavefront: in tick s layer l computes step
// s - l, so that one grid barrier a tick serves all layers. A single step is a window of one step that goes on from the
// kept state.
//
// Weights lie as uint4 [task][chunk][lane]: word g of a uint4 belongs to gate g (i, f, g, o) and holds 1, 2 or 4 columns
// in 32, 16 or 8 bits; a row is padded with zeros to whole chunks, first the input's columns, then the units'.
//
// int8 follows docs/arithmetic.md to the bit. fp32 and fp16 add the lanes' partial sums in another order than that page.
// adze_sizes.h is written for every network (CudaPlan.java).
#include "adze_sizes.h"

constexpr int LANES = 32;
constexpr unsigned ALL_LANES = 0xffffffffu;
constexpr int GATES = 4;
constexpr int THREADS = ADZE_WARPS * LANES;
constexpr int WORD_COLUMNS = 32 / ADZE_BITS;
constexpr int CHUNK_COLUMNS = LANES * WORD_COLUMNS;
/** Words of shared memory for the columns of a chunk: digits are packed, floats are not. */
constexpr int CHUNK_WORDS = ADZE_BITS == 8 ? LANES : CHUNK_COLUMNS;
constexpr bool INTEGERS = ADZE_BITS == 8;

__device__ constexpr int chunksOf(int columns) { return (columns + CHUNK_COLUMNS - 1) / CHUNK_COLUMNS; }
__device__ constexpr int larger(int a, int b) { return a > b ? a : b; }

/** Shared memory, in words: input (int8: high digits, low digits), hidden values of all layers, then the parts below. */
constexpr int STAGED_LOW = chunksOf(ADZE_INPUT) * CHUNK_WORDS;

template <int L> struct Layer {
    static constexpr int units = ADZE_UNITS(L);
    static constexpr int inputs = L == 0 ? ADZE_INPUT : ADZE_UNITS(L - 1);
    static constexpr int inputChunks = chunksOf(inputs);
    static constexpr int chunks = inputChunks + chunksOf(units);
    static constexpr int firstTask = Layer<L - 1>::endTask;
    static constexpr int endTask = firstTask + units;
    static constexpr long long firstWeight = Layer<L - 1>::endWeight;
    static constexpr long long endWeight = firstWeight + (long long) units * chunks * LANES;
    static constexpr int staged = Layer<L - 1>::stagedEnd;
    static constexpr int stagedEnd = staged + chunksOf(units) * CHUNK_WORDS;
    static constexpr int stagedInput = L == 0 ? 0 : Layer<L - 1>::staged;
    static constexpr int mostChunks = larger(Layer<L - 1>::mostChunks, chunks);
};

template <> struct Layer<-1> {
    static constexpr int endTask = 0;
    static constexpr long long endWeight = 0;
    static constexpr int staged = 0;
    static constexpr int stagedEnd = STAGED_LOW * (INTEGERS ? 2 : 1);
    static constexpr int mostChunks = 0;
};

using Last = Layer<ADZE_LAYERS - 1>;
constexpr int TASKS = Last::endTask;
constexpr int MOST_CHUNKS = Last::mostChunks;
constexpr int ALL_WARPS = ADZE_WARPS * ADZE_BLOCKS;
constexpr int CELLS = Last::stagedEnd;
constexpr int INPUT_SCALE = CELLS + ADZE_WARPS * ADZE_TASKS;
constexpr int HEAD_VALUES = INPUT_SCALE + 1;
constexpr int KEPT_WEIGHTS = (HEAD_VALUES + 2 * ADZE_HEAD_WIDTH + 3) / 4 * 4;
constexpr long long SHARED_BYTES =
        4LL * KEPT_WEIGHTS + 16LL * ADZE_WARPS * ADZE_SHARED_TASKS * MOST_CHUNKS * LANES;
static_assert(SHARED_BYTES == ADZE_SHARED_BYTES, "CudaPlan reckons the shared memory as this file does");
static_assert((long long) ADZE_TASKS * ALL_WARPS >= TASKS, "every unit has a warp");

struct Arguments {
    const uint4 *weights;
    const float *constants;   // [bias, input factor, hidden factor][task][gate]; the factors in int8 only
    const float *head;        // weights [out, in], then bias [out], of one dense layer after the other
    float *state;             // per layer h, then c
    float *exchange;          // per layer h of even, then of odd steps
    const float *features;    // [steps, input]
    float *output;
    float *mirror;            // receives the state
    int steps;
    int fresh;                // not 0: starts from zero state
};

// ---- arithmetic (docs/arithmetic.md)

__device__ __forceinline__ float boundedTanh(float x) {
    float y = __fmul_rn(x, x);
    float p = __fmaf_rn(0x1.06b8eep-26f, y, 0x1.7013cep-16f);
    p = __fmaf_rn(p, y, 0x1.d47e0cp-9f);
    p = __fmaf_rn(p, y, 0x1.1363eep-3f);
    p = __fmaf_rn(p, y, 1.0f);
    float q = __fmaf_rn(0x1.cae696p-21f, y, 0x1.6629fcp-12f);
    q = __fmaf_rn(q, y, 0x1.acd914p-6f);
    q = __fmaf_rn(q, y, 0x1.df074ap-2f);
    q = __fmaf_rn(q, y, 1.0f);
    float r = __fdiv_rn(__fmul_rn(x, p), q);
    r = x > 8.1f ? 1.0f : r;
    return x < -8.1f ? -1.0f : r;
}

/** The tanh form (Hendrycks and Gimpel 2016); 0 where tanh is -1. */
__device__ __forceinline__ float gelu(float x) {
    float half = __fmul_rn(0.5f, x);
    float u = __fmul_rn(x, __fmaf_rn(0x1.2444f2p-5f, __fmul_rn(x, x), 0x1.988454p-1f));
    float y = __fmaf_rn(half, boundedTanh(u), half);
    return u < -8.1f ? 0.0f : y;
}

/** The conversion gives 0 for NaN, as the contract does. */
__device__ __forceinline__ int rounded(float x, int limit) {
    int q = __float2int_rn(x);
    return q > limit ? limit : q < -limit ? -limit : q;
}

__device__ __forceinline__ int hiddenDigit(float h) {
    return rounded(__fmul_rn(h, 127.0f), 127);
}

__device__ __forceinline__ unsigned packed(int a, int b, int c, int d) {
    return (a & 255u) | (b & 255u) << 8 | (c & 255u) << 16 | (unsigned) d << 24;
}

// ---- products

#if ADZE_BITS == 8
typedef int Sum;

/** Four products of signed bytes. Not __dp4a, which NVRTC 11 has in a header of the toolkit only. */
__device__ __forceinline__ Sum products(unsigned w, unsigned x, Sum sum) {
#ifdef ADZE_EMULATED
    return emulatedProducts(w, x, sum);
#else
    int result;
    asm("dp4a.s32.s32 %0, %1, %2, %3;" : "=r"(result) : "r"(w), "r"(x), "r"(sum));
    return result;
#endif
}

__device__ __forceinline__ void add(Sum (&sums)[GATES], uint4 w, const unsigned *x, int lane) {
    unsigned v = x[lane];
    sums[0] = products(w.x, v, sums[0]);
    sums[1] = products(w.y, v, sums[1]);
    sums[2] = products(w.z, v, sums[2]);
    sums[3] = products(w.w, v, sums[3]);
}
#elif ADZE_BITS == 16
typedef float Sum;

__device__ __forceinline__ float pair(unsigned word, float2 x, float sum) {
    float low, high;
#ifdef ADZE_EMULATED
    low = emulatedHalf(word & 0xffff);
    high = emulatedHalf(word >> 16);
#else
    // volatile: else the compiler widens kept weights once for all steps, and has no registers left to keep them in.
    asm volatile("{ .reg .b16 l, h; mov.b32 {l, h}, %2; cvt.f32.f16 %0, l; cvt.f32.f16 %1, h; }"
        : "=f"(low), "=f"(high) : "r"(word));
#endif
    return __fmaf_rn(high, x.y, __fmaf_rn(low, x.x, sum));
}

__device__ __forceinline__ void add(Sum (&sums)[GATES], uint4 w, const unsigned *x, int lane) {
    float2 v = ((const float2 *) x)[lane];
    sums[0] = pair(w.x, v, sums[0]);
    sums[1] = pair(w.y, v, sums[1]);
    sums[2] = pair(w.z, v, sums[2]);
    sums[3] = pair(w.w, v, sums[3]);
}
#else
typedef float Sum;

__device__ __forceinline__ void add(Sum (&sums)[GATES], uint4 w, const unsigned *x, int lane) {
    float v = __uint_as_float(x[lane]);
    sums[0] = __fmaf_rn(__uint_as_float(w.x), v, sums[0]);
    sums[1] = __fmaf_rn(__uint_as_float(w.y), v, sums[1]);
    sums[2] = __fmaf_rn(__uint_as_float(w.z), v, sums[2]);
    sums[3] = __fmaf_rn(__uint_as_float(w.w), v, sums[3]);
}
#endif

/** The sums of gate lane % 4 over all lanes: halves the gates twice, then folds the lanes of a gate. */
template <class T> __device__ __forceinline__ T ownGate(const T (&sums)[GATES], int lane) {
    bool odd = lane & 1;
    T even0 = odd ? sums[1] : sums[0];
    T even2 = odd ? sums[3] : sums[2];
    even0 += __shfl_xor_sync(ALL_LANES, odd ? sums[0] : sums[1], 1);
    even2 += __shfl_xor_sync(ALL_LANES, odd ? sums[2] : sums[3], 1);
    bool upper = lane & 2;
    T own = upper ? even2 : even0;
    own += __shfl_xor_sync(ALL_LANES, upper ? even0 : even2, 2);
    own += __shfl_xor_sync(ALL_LANES, own, 4);
    own += __shfl_xor_sync(ALL_LANES, own, 8);
    own += __shfl_xor_sync(ALL_LANES, own, 16);
    return own;
}

/** Weights of a task in registers: after unrolling every index is a constant. */
struct Registers {
    const uint4 (&kept)[MOST_CHUNKS];
    __device__ __forceinline__ uint4 at(int chunk, int) const { return kept[chunk]; }
};

/** Weights of a task in shared or global memory. */
struct Memory {
    const uint4 *from;
    __device__ __forceinline__ uint4 at(int chunk, int lane) const { return from[chunk * LANES + lane]; }
};

/** Pre-activation of gate lane % 4. */
template <int L, class Source>
__device__ __forceinline__ float preActivation(const Source &weights, const unsigned *words, const float *constants, int task,
        int lane) {
    int row = task * GATES + lane % GATES;
    float bias = constants[row];
    const unsigned *x = words + Layer<L>::stagedInput;
    const unsigned *h = words + Layer<L>::staged;
#if ADZE_BITS == 8
    Sum high[GATES] = {0, 0, 0, 0}, hidden[GATES] = {0, 0, 0, 0};
    float t;
    if constexpr (L == 0) {
        Sum low[GATES] = {0, 0, 0, 0};
#pragma unroll
        for (int c = 0; c < Layer<L>::inputChunks; c++) {
            uint4 w = weights.at(c, lane);
            add(high, w, x + c * CHUNK_WORDS, lane);
            add(low, w, x + STAGED_LOW + c * CHUNK_WORDS, lane);
        }
        t = __fmaf_rn(__int2float_rn(ownGate(high, lane)), 128.0f, __int2float_rn(ownGate(low, lane)));
        t = __fmul_rn(t, __uint_as_float(words[INPUT_SCALE]));
    } else {
#pragma unroll
        for (int c = 0; c < Layer<L>::inputChunks; c++) {
            add(high, weights.at(c, lane), x + c * CHUNK_WORDS, lane);
        }
        t = __int2float_rn(ownGate(high, lane));
    }
#pragma unroll
    for (int c = Layer<L>::inputChunks; c < Layer<L>::chunks; c++) {
        add(hidden, weights.at(c, lane), h + (c - Layer<L>::inputChunks) * CHUNK_WORDS, lane);
    }
    float z = __fmaf_rn(t, constants[GATES * TASKS + row], bias);
    return __fmaf_rn(__int2float_rn(ownGate(hidden, lane)), constants[2 * GATES * TASKS + row], z);
#else
    Sum sums[GATES] = {0, 0, 0, 0};
#pragma unroll
    for (int c = 0; c < Layer<L>::inputChunks; c++) {
        add(sums, weights.at(c, lane), x + c * CHUNK_WORDS, lane);
    }
#pragma unroll
    for (int c = Layer<L>::inputChunks; c < Layer<L>::chunks; c++) {
        add(sums, weights.at(c, lane), h + (c - Layer<L>::inputChunks) * CHUNK_WORDS, lane);
    }
    return __fadd_rn(bias, ownGate(sums, lane));
#endif
}

/** Products, gates, cell and hidden value of one unit in one step. */
template <int L, class Source>
__device__ __forceinline__ void unit(const Arguments &a, const Source &weights, unsigned *words, int task, int cell, int t,
        int lane) {
    float z = preActivation<L>(weights, words, a.constants, task, lane);
    bool candidate = lane % GATES == 2;
    float bounded = boundedTanh(candidate ? z : __fmul_rn(0.5f, z));
    float gate = candidate ? bounded : __fmaf_rn(0.5f, bounded, 0.5f);
    float i = __shfl_sync(ALL_LANES, gate, 0);
    float f = __shfl_sync(ALL_LANES, gate, 1);
    float g = __shfl_sync(ALL_LANES, gate, 2);
    float o = __shfl_sync(ALL_LANES, gate, 3);
    if (lane == 0) {
        int index = task - Layer<L>::firstTask;
        float c = __fmaf_rn(f, __uint_as_float(words[CELLS + cell]), __fmul_rn(i, g));
        words[CELLS + cell] = __float_as_uint(c);
        a.exchange[2 * Layer<L>::firstTask + (t & 1) * Layer<L>::units + index] = __fmul_rn(o, boundedTanh(c));
        if (t == a.steps - 1) {
            a.state[2 * Layer<L>::firstTask + Layer<L>::units + index] = c;
        }
    }
}

template <int L, class Source>
__device__ __forceinline__ void compute(const Arguments &a, const Source &weights, unsigned *words, int task, int cell,
        int tick, int lane) {
    if (task < Layer<L>::endTask) {
        int t = tick - L;
        if (t >= 0 && t < a.steps) {
            unit<L>(a, weights, words, task, cell, t, lane);
        }
    } else if constexpr (L + 1 < ADZE_LAYERS) {
        compute<L + 1>(a, weights, words, task, cell, tick, lane);
    }
}

/** Where a task's weights lie in global memory. */
template <int L> __device__ __forceinline__ const uint4 *weightsOf(const Arguments &a, int task) {
    if constexpr (L + 1 < ADZE_LAYERS) {
        if (task >= Layer<L>::endTask) {
            return weightsOf<L + 1>(a, task);
        }
    }
    return a.weights + Layer<L>::firstWeight + (long long) (task - Layer<L>::firstTask) * Layer<L>::chunks * LANES;
}

template <int L> __device__ __forceinline__ int chunksOfTask(int task) {
    if constexpr (L + 1 < ADZE_LAYERS) {
        if (task >= Layer<L>::endTask) {
            return chunksOfTask<L + 1>(task);
        }
    }
    return Layer<L>::chunks;
}

/** The cell's place in the state. */
template <int L> __device__ __forceinline__ int cellOf(int task) {
    if constexpr (L + 1 < ADZE_LAYERS) {
        if (task >= Layer<L>::endTask) {
            return cellOf<L + 1>(task);
        }
    }
    return Layer<L>::firstTask + Layer<L>::units + task;
}

// ---- what a tick reads, brought into shared memory by every block for itself

template <int L> __device__ __forceinline__ float newest(const Arguments &a, int t, int k) {
    if (k >= Layer<L>::units) {
        return 0.0f;
    }
    if (t < 0) {
        return a.fresh ? 0.0f : a.state[2 * Layer<L>::firstTask + k];
    }
    // Other processors wrote it: past the first-level cache.
    return __ldcg(a.exchange + 2 * Layer<L>::firstTask + (t & 1) * Layer<L>::units + k);
}

template <int L> __device__ __forceinline__ void stageHidden(const Arguments &a, unsigned *words, int tick) {
    int t = tick - 1 - L;
    if (t >= -1 && t < a.steps) {
        unsigned *target = words + Layer<L>::staged;
        for (int w = threadIdx.x; w < Layer<L>::stagedEnd - Layer<L>::staged; w += THREADS) {
            if constexpr (INTEGERS) {
                target[w] = packed(hiddenDigit(newest<L>(a, t, 4 * w)), hiddenDigit(newest<L>(a, t, 4 * w + 1)),
                        hiddenDigit(newest<L>(a, t, 4 * w + 2)), hiddenDigit(newest<L>(a, t, 4 * w + 3)));
            } else {
                target[w] = __float_as_uint(newest<L>(a, t, w));
            }
        }
    }
    if constexpr (L + 1 < ADZE_LAYERS) {
        stageHidden<L + 1>(a, words, tick);
    }
}

/** In int8 by one warp: two digits a value with one scale, rounded at each operation as docs/arithmetic.md says. */
__device__ __forceinline__ void stageInput(const Arguments &a, unsigned *words, int tick) {
    const float *x = a.features + (long long) tick * ADZE_INPUT;
    if constexpr (!INTEGERS) {
        for (int k = threadIdx.x; k < STAGED_LOW; k += THREADS) {
            words[k] = __float_as_uint(k < ADZE_INPUT ? x[k] : 0.0f);
        }
    } else if (threadIdx.x < LANES) {
        int lane = threadIdx.x;
        float m = 0.0f;
        for (int k = lane; k < ADZE_INPUT; k += LANES) {
            m = fmaxf(m, fabsf(x[k]));
        }
        for (int apart = 1; apart < LANES; apart *= 2) {
            m = fmaxf(m, __shfl_xor_sync(ALL_LANES, m, apart));
        }
        bool zero = m < 0x1p-100f;
        float inverse = zero ? 0.0f : __fdiv_rn(16256.0f, m);
        for (int w = lane; w < STAGED_LOW; w += LANES) {
            int high[4], low[4];
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int k = 4 * w + i;
                int q = k < ADZE_INPUT ? rounded(__fmul_rn(x[k], inverse), 16256) : 0;
                high[i] = (q + 64) >> 7;
                low[i] = q - high[i] * 128;
            }
            words[w] = packed(high[0], high[1], high[2], high[3]);
            words[STAGED_LOW + w] = packed(low[0], low[1], low[2], low[3]);
        }
        if (lane == 0) {
            words[INPUT_SCALE] = __float_as_uint(zero ? 0.0f : __fdiv_rn(m, 16256.0f));
        }
    }
}

// ---- dense layers, by block 0

#if ADZE_HEAD_LAYERS > 0
__device__ __forceinline__ float activated(int activation, float x) {
    return activation == 3 ? gelu(x) : activation == 2 ? boundedTanh(x) : activation == 1 && x < 0 ? 0.0f : x;
}

/** One row by one warp. int8 keeps the order of the contract: the lanes only fetch, all of them add in turn. */
__device__ __forceinline__ float headRow(const float *row, float bias, const float *x, int columns, int lane) {
    float sum = INTEGERS || lane == 0 ? bias : 0.0f;
    if (INTEGERS) {
        for (int first = 0; first < columns; first += LANES) {
            int k = first + lane;
            float w = k < columns ? row[k] : 0.0f;
            float v = k < columns ? x[k] : 0.0f;
            int count = columns - first < LANES ? columns - first : LANES;
            for (int i = 0; i < count; i++) {
                sum = __fmaf_rn(__shfl_sync(ALL_LANES, w, i), __shfl_sync(ALL_LANES, v, i), sum);
            }
        }
        return sum;
    }
    for (int k = lane; k < columns; k += LANES) {
        sum = __fmaf_rn(row[k], x[k], sum);
    }
    for (int apart = 1; apart < LANES; apart *= 2) {
        sum += __shfl_xor_sync(ALL_LANES, sum, apart);
    }
    return sum;
}

template <int D> __device__ __forceinline__ void headLayer(const float *weights, float *values, float *next, float *output) {
    constexpr int columns = D == 0 ? Last::units : ADZE_HEAD_OUT(D - 1);
    constexpr int rows = ADZE_HEAD_OUT(D);
    constexpr bool last = D == ADZE_HEAD_LAYERS - 1;
    int lane = threadIdx.x % LANES;
    for (int r = threadIdx.x / LANES; r < rows; r += ADZE_WARPS) {
        float y = activated(ADZE_HEAD_ACTIVATION(D),
                headRow(weights + (long long) r * columns, weights[(long long) rows * columns + r], values, columns, lane));
        if (lane == 0) {
            (last ? output : next)[r] = y;
        }
    }
    if constexpr (!last) {
        __syncthreads();
        headLayer<D + 1>(weights + (long long) rows * (columns + 1), next, values, output);
    }
}
#endif

__device__ __forceinline__ void head(const Arguments &a, float *values) {
    const float *h = a.exchange + 2 * Last::firstTask + ((a.steps - 1) & 1) * Last::units;
    float *target = ADZE_HEAD_LAYERS > 0 ? values : a.output;
    for (int k = threadIdx.x; k < Last::units; k += THREADS) {
        target[k] = __ldcg(h + k);
    }
#if ADZE_HEAD_LAYERS > 0
    __syncthreads();
    headLayer<0>(a.head, values, values + ADZE_HEAD_WIDTH, a.output);
#endif
}

/** Every value is written by a thread of its own, in order, as the mirror may lie beyond a bus. */
template <int L> __device__ __forceinline__ void keepState(const Arguments &a) {
    for (int k = blockIdx.x * THREADS + threadIdx.x; k < 2 * Layer<L>::units; k += ADZE_BLOCKS * THREADS) {
        int place = 2 * Layer<L>::firstTask + k;
        float value;
        if (k < Layer<L>::units) {
            value = __ldcg(a.exchange + 2 * Layer<L>::firstTask + ((a.steps - 1) & 1) * Layer<L>::units + k);
            a.state[place] = value;
        } else {
            value = __ldcg(a.state + place);
        }
        a.mirror[place] = value;
    }
    if constexpr (L + 1 < ADZE_LAYERS) {
        keepState<L + 1>(a);
    }
}

/**
 * All blocks meet. The count only grows, over launches too, by a multiple of the number of blocks a launch: it never
 * needs resetting. All blocks must be on the GPU at once, which a cooperative launch guarantees.
 */
__device__ __forceinline__ void meet(unsigned long long *arrivals, unsigned long long &target) {
    __syncthreads();
    if (ADZE_BLOCKS > 1) {
        if (threadIdx.x == 0) {
            __threadfence();
            unsigned long long ticket = atomicAdd(arrivals, 1ULL);
            target = target == 0 ? (ticket / ADZE_BLOCKS + 1) * ADZE_BLOCKS : target + ADZE_BLOCKS;
            while (*(volatile unsigned long long *) arrivals < target) {
#ifdef ADZE_EMULATED
                emulatedYield();
#endif
            }
            __threadfence();
        }
        __syncthreads();
    }
}

extern "C" __global__ void __launch_bounds__(THREADS, 1)
adze_lstm(const uint4 *weights, const float *constants, const float *headWeights, float *state, float *exchange,
        unsigned long long *arrivals, const float *features, float *output, float *mirror, int steps, int fresh) {
#ifdef ADZE_EMULATED
    uint4 *shared = emulatedShared();
#else
    extern __shared__ uint4 shared[];
#endif
    Arguments a = {weights, constants, headWeights, state, exchange, features, output, mirror, steps, fresh};
    unsigned *words = (unsigned *) shared;
    int lane = threadIdx.x % LANES;
    int warp = threadIdx.x / LANES;
    int firstTask = blockIdx.x * ADZE_WARPS + warp;
    uint4 *keptShared = shared + KEPT_WEIGHTS / 4 + warp * ADZE_SHARED_TASKS * MOST_CHUNKS * LANES;

#if ADZE_REGISTER_TASKS > 0
    uint4 kept[ADZE_REGISTER_TASKS][MOST_CHUNKS];
#pragma unroll
    for (int j = 0; j < ADZE_REGISTER_TASKS; j++) {
        int task = firstTask + j * ALL_WARPS;
        const uint4 *from = task < TASKS ? weightsOf<0>(a, task) : weights;
        int count = task < TASKS ? chunksOfTask<0>(task) : 0;
#pragma unroll
        for (int c = 0; c < MOST_CHUNKS; c++) {
            kept[j][c] = c < count ? from[c * LANES + lane] : uint4{0, 0, 0, 0};
        }
    }
#endif
    for (int j = 0; j < ADZE_SHARED_TASKS; j++) {
        int task = firstTask + (ADZE_REGISTER_TASKS + j) * ALL_WARPS;
        if (task < TASKS) {
            const uint4 *from = weightsOf<0>(a, task);
            int count = chunksOfTask<0>(task);
            for (int c = 0; c < count; c++) { // a lane reads only what it wrote itself: no barrier needed
                keptShared[(j * MOST_CHUNKS + c) * LANES + lane] = from[c * LANES + lane];
            }
        }
    }
    if (lane == 0) {
        for (int j = 0; j < ADZE_TASKS; j++) {
            int task = firstTask + j * ALL_WARPS;
            words[CELLS + warp * ADZE_TASKS + j] =
                    __float_as_uint(fresh || task >= TASKS ? 0.0f : state[cellOf<0>(task)]);
        }
    }

    unsigned long long target = 0;
    for (int tick = 0; tick < steps + ADZE_LAYERS - 1; tick++) {
        if (tick < steps) {
            stageInput(a, words, tick);
        }
        stageHidden<0>(a, words, tick);
        __syncthreads();
#if ADZE_REGISTER_TASKS > 0
#pragma unroll
        for (int j = 0; j < ADZE_REGISTER_TASKS; j++) {
            int task = firstTask + j * ALL_WARPS;
            if (task < TASKS) {
                compute<0>(a, Registers{kept[j]}, words, task, warp * ADZE_TASKS + j, tick, lane);
            }
        }
#endif
#pragma unroll 1
        for (int j = 0; j < ADZE_SHARED_TASKS; j++) {
            int task = firstTask + (ADZE_REGISTER_TASKS + j) * ALL_WARPS;
            if (task < TASKS) {
                compute<0>(a, Memory{keptShared + j * MOST_CHUNKS * LANES}, words, task,
                        warp * ADZE_TASKS + ADZE_REGISTER_TASKS + j, tick, lane);
            }
        }
#pragma unroll 1
        for (int j = ADZE_REGISTER_TASKS + ADZE_SHARED_TASKS; j < ADZE_TASKS; j++) {
            int task = firstTask + j * ALL_WARPS;
            if (task < TASKS) {
                compute<0>(a, Memory{weightsOf<0>(a, task)}, words, task, warp * ADZE_TASKS + j, tick, lane);
            }
        }
        meet(arrivals, target);
    }
    keepState<0>(a);
    if (blockIdx.x == 0) {
        head(a, (float *) (words + HEAD_VALUES));
    }
}
