// Runs a CUDA kernel on the CPU, for tests of its arithmetic and of its barriers: every CUDA thread is a fiber, all of
// them in turn on one thread of the system. Warps run in no order that a kernel could rely on.
#pragma once
#include <setjmp.h>
#include <ucontext.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#define __device__
#define __global__
#define __forceinline__ inline
#define __launch_bounds__(threads, blocks)

struct uint4 { unsigned x, y, z, w; };
struct float2 { float x, y; };
struct EmulatedIndex { int x; };

struct EmulatedWarp { int lanes = 0, waiting = 0; long generation = 0; uint32_t values[32]; };
struct EmulatedBlock {
    int threads = 0, waiting = 0;
    long generation = 0;
    std::vector<uint4> shared;
    std::vector<EmulatedWarp> warps;
};
struct EmulatedThread {
    ucontext_t context;
    jmp_buf place;
    std::unique_ptr<char[]> stack;
    /** What it waits for to become another than seen; it need not run before. */
    const long *generation = nullptr;
    long seen = 0;
    bool started = false;
    EmulatedBlock *block;
    EmulatedIndex thread, blockIndex;
    bool done = false;
};

inline EmulatedThread *emulatedCurrent;
inline jmp_buf emulatedScheduler;
inline void (*emulatedBody)(void *);
inline void *emulatedBodyArgument;

#define threadIdx (emulatedCurrent->thread)
#define blockIdx (emulatedCurrent->blockIndex)

__attribute__((noinline)) inline void emulatedYield() {
    // A jump costs nothing beside swapcontext, which asks the system for the signal mask each time.
    if (_setjmp(emulatedCurrent->place) == 0) {
        _longjmp(emulatedScheduler, 1);
    }
}

__attribute__((noinline)) inline void emulatedResume(EmulatedThread &fiber) {
    emulatedCurrent = &fiber;
    if (_setjmp(emulatedScheduler) == 0) {
        if (fiber.started) {
            _longjmp(fiber.place, 1);
        }
        fiber.started = true;
        setcontext(&fiber.context);
    }
}

template <class Group> void emulatedMeet(Group &group, int members) {
    long generation = group.generation;
    if (++group.waiting == members) {
        group.waiting = 0;
        group.generation++;
    }
    emulatedCurrent->seen = generation;
    emulatedCurrent->generation = &group.generation;
    while (group.generation == generation) {
        emulatedYield();
    }
    emulatedCurrent->generation = nullptr;
}

inline void __syncthreads() { emulatedMeet(*emulatedCurrent->block, emulatedCurrent->block->threads); }
inline void __threadfence() {}
inline EmulatedWarp &emulatedWarp() { return emulatedCurrent->block->warps[threadIdx.x / 32]; }
inline uint4 *emulatedShared() { return emulatedCurrent->block->shared.data(); }

template <class T> T __shfl_sync(unsigned, T value, int from) {
    EmulatedWarp &warp = emulatedWarp();
    std::memcpy(&warp.values[threadIdx.x % 32], &value, 4);
    emulatedMeet(warp, 32);
    T result;
    std::memcpy(&result, &warp.values[from], 4);
    emulatedMeet(warp, 32);
    return result;
}

template <class T> T __shfl_xor_sync(unsigned mask, T value, int apart) {
    return __shfl_sync(mask, value, threadIdx.x % 32 ^ apart);
}

inline unsigned long long atomicAdd(unsigned long long *target, unsigned long long value) {
    unsigned long long old = *target;
    *target += value;
    return old;
}

inline float __ldcg(const float *p) { return *p; }
inline float __fmaf_rn(float a, float b, float c) { return std::fmaf(a, b, c); }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __int2float_rn(int x) { return (float) x; }
/** PTX cvt.rni.s32.f32: saturates, NaN gives 0. */
inline int __float2int_rn(float x) {
    float r = std::nearbyintf(x);
    return std::isnan(r) ? 0 : r >= 2147483648.0f ? INT32_MAX : r < -2147483648.0f ? INT32_MIN : (int) r;
}
inline float __uint_as_float(unsigned x) { float r; std::memcpy(&r, &x, 4); return r; }
inline unsigned __float_as_uint(float x) { unsigned r; std::memcpy(&r, &x, 4); return r; }
/** PTX dp4a.s32.s32. */
inline int emulatedProducts(unsigned a, unsigned b, int sum) {
    for (int i = 0; i < 4; i++) {
        sum += (int8_t) (a >> 8 * i) * (int8_t) (b >> 8 * i);
    }
    return sum;
}
inline float emulatedHalf(unsigned bits) {
    int exponent = bits >> 10 & 31;
    float magnitude = exponent == 0 ? std::ldexp((float) (bits & 1023), -24)
            : std::ldexp((float) (1024 + (bits & 1023)), exponent - 25);
    return bits & 0x8000 ? -magnitude : magnitude;
}

inline void emulatedEntry() {
    emulatedBody(emulatedBodyArgument);
    emulatedCurrent->done = true;
    emulatedYield();
}

/** One launch. Blocks of a cooperative launch take turns; the others would too, as all of a grid is at hand here. */
inline void emulatedRun(int blocks, int threads, int sharedBytes, void (*body)(void *), void *argument) {
    emulatedBody = body;
    emulatedBodyArgument = argument;
    std::vector<EmulatedBlock> groups(blocks);
    std::vector<EmulatedThread> all(blocks * threads);
    for (int b = 0; b < blocks; b++) {
        groups[b].threads = threads;
        groups[b].shared.assign(sharedBytes / 16, uint4{0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000});
        groups[b].warps.resize(threads / 32);
        for (int t = 0; t < threads; t++) {
            EmulatedThread &fiber = all[b * threads + t];
            constexpr int STACK = 48 * 1024;
            fiber.stack.reset(new char[STACK]);
            fiber.block = &groups[b];
            fiber.thread = {t};
            fiber.blockIndex = {b};
            getcontext(&fiber.context);
            fiber.context.uc_stack.ss_sp = fiber.stack.get();
            fiber.context.uc_stack.ss_size = STACK;
            fiber.context.uc_link = nullptr;
            makecontext(&fiber.context, emulatedEntry, 0);
        }
    }
    for (size_t left = all.size(), turn = 0; left > 0; turn++) {
        left = 0;
        bool any = false;
        for (size_t i = 0; i < all.size(); i++) { // forwards and backwards by turns, so that no order is the usual one
            EmulatedThread &fiber = all[turn % 2 == 0 ? i : all.size() - 1 - i];
            bool waits = fiber.generation != nullptr && *fiber.generation == fiber.seen;
            if (!fiber.done && !waits) {
                emulatedResume(fiber);
                any = true;
            }
            left += !fiber.done;
        }
        if (!any && left > 0) {
            std::fprintf(stderr, "%zu threads wait for each other: a barrier that not all reach\n", left);
            std::abort();
        }
    }
}

template <class... A> struct EmulatedCall {
    void (*kernel)(A...);
    void **arguments;
    template <size_t... I> void run(std::index_sequence<I...>) {
        kernel(*static_cast<std::remove_reference_t<A> *>(arguments[I])...);
    }
    static void body(void *self) { static_cast<EmulatedCall *>(self)->run(std::index_sequence_for<A...>()); }
};

template <class... A>
void emulatedLaunch(void (*kernel)(A...), int blocks, int threads, int sharedBytes, void **arguments) {
    EmulatedCall<A...> call = {kernel, arguments};
    emulatedRun(blocks, threads, sharedBytes, EmulatedCall<A...>::body, &call);
}
