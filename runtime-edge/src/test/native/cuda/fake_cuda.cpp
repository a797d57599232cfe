// Stands in for libcuda.so.1 and libnvrtc on machines without a GPU: memory is the host's, NVRTC calls the C++ compiler,
// a module is a shared library, and a launch runs the kernel in emulation.h. Functions have the parameters of cuda.h and
// nvrtc.h. Misuse that a driver would refuse is refused here too. Built with -DEMULATION_FOLDER="..." (where emulation.h
// is) and -DWORK_FOLDER="..." (for what is compiled).
#include <dlfcn.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <string>

typedef unsigned long long Address;
typedef void (*Launch)(int, int, int, void **);

enum { OK = 0, INVALID = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, LOST = 719 };

struct Stream { bool capturing = false; };
struct Graph { Launch kernel = nullptr; int blocks, threads, shared; void **arguments; };
struct Program { std::string source, header, image, log; };

static int devices = 1, capturable = 1, cooperative = 1;
static long launchesLeft = -1, bytesLeft = -1;
static std::set<void *> memory;
static long launches, graphLaunches;
static thread_local void *current;
static int contextMark, retained;

#define EXPORT extern "C" __attribute__((visibility("default")))

// ---- for the tests
EXPORT void fakeDevice(int count, int graphs, int grids) { devices = count; capturable = graphs; cooperative = grids; }
EXPORT void fakeLoseAfter(long n) { launchesLeft = n; }
EXPORT void fakeMemory(long bytes) { bytesLeft = bytes; }
EXPORT long fakeLive() { return (long) memory.size() + retained; }
EXPORT long fakeLaunches() { return launches; }
EXPORT long fakeGraphLaunches() { return graphLaunches; }

// ---- libcuda
EXPORT int cuInit(unsigned flags) { return flags == 0 ? OK : INVALID; }
EXPORT int cuGetErrorName(int status, const char **name) {
    *name = status == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : status == LOST ? "CUDA_ERROR_LAUNCH_FAILED"
            : "CUDA_ERROR_INVALID_VALUE";
    return OK;
}
EXPORT int cuDriverGetVersion(int *version) { *version = 12040; return OK; }
EXPORT int cuDeviceGetCount(int *count) { *count = devices; return OK; }
EXPORT int cuDeviceGet(int *device, int ordinal) { *device = ordinal + 40; return ordinal < devices ? OK : INVALID; }
EXPORT int cuDeviceGetName(char *name, int size, int device) { snprintf(name, size, "Emulated %d", device); return OK; }
EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device) {
    if (device != 40) return INVALID;
    switch (attribute) {
        case 12: *value = 16384; return OK;
        case 16: *value = 3; return OK;
        case 75: *value = 8; return OK;
        case 76: *value = 7; return OK;
        case 95: *value = cooperative; return OK;
        case 97: *value = 40 * 1024; return OK;
        default: return INVALID;
    }
}
EXPORT int cuDevicePrimaryCtxSetFlags_v2(int, unsigned) { return OK; }
EXPORT int cuDevicePrimaryCtxRetain(void **context, int device) {
    *context = &contextMark;
    retained++;
    return device == 40 ? OK : INVALID;
}
EXPORT int cuDevicePrimaryCtxRelease_v2(int) { retained--; return OK; }
EXPORT int cuCtxSetCurrent(void *context) { current = context; return context == &contextMark ? OK : INVALID; }
EXPORT int cuModuleLoadData(void **module, const void *image) {
    *module = current ? dlopen((const char *) image, RTLD_NOW | RTLD_LOCAL) : nullptr;
    return *module ? OK : INVALID;
}
EXPORT int cuModuleUnload(void *module) { return dlclose(module) == 0 ? OK : INVALID; }
EXPORT int cuModuleGetFunction(void **function, void *module, const char *name) {
    *function = strcmp(name, "adze_lstm") == 0 ? dlsym(module, "emulated_adze_lstm") : nullptr;
    return *function ? OK : INVALID;
}
EXPORT int cuFuncSetAttribute(void *, int attribute, int value) {
    return attribute == 8 && value <= 40 * 1024 ? OK : INVALID;
}
EXPORT int cuFuncGetAttribute(int *value, int, void *) { *value = 0; return OK; }

static int allocate(void **address, size_t bytes) {
    if (!current || bytes == 0) return INVALID;
    if (bytesLeft >= 0 && (bytesLeft -= (long) bytes) < 0) return OUT_OF_MEMORY;
    *address = aligned_alloc(64, (bytes + 63) / 64 * 64);
    memset(*address, 0xff, bytes); // NaN, wherever something is read before it is written
    memory.insert(*address);
    return OK;
}
static int give(void *address) {
    if (!current || memory.erase(address) == 0) return INVALID;
    free(address);
    return OK;
}
EXPORT int cuMemAlloc_v2(Address *address, size_t bytes) { return allocate((void **) address, bytes); }
EXPORT int cuMemFree_v2(Address address) { return give((void *) address); }
EXPORT int cuMemHostAlloc(void **address, size_t bytes, unsigned flags) {
    return flags == 2 ? allocate(address, bytes) : INVALID;
}
EXPORT int cuMemFreeHost(void *address) { return give(address); }
EXPORT int cuMemHostGetDevicePointer_v2(Address *device, void *host, unsigned) { *device = (Address) host; return OK; }
EXPORT int cuMemsetD8_v2(Address address, unsigned char value, size_t bytes) {
    memset((void *) address, value, bytes);
    return OK;
}
EXPORT int cuMemcpyHtoD_v2(Address target, const void *source, size_t bytes) {
    if (!current) return INVALID;
    memcpy((void *) target, source, bytes);
    return OK;
}
EXPORT int cuMemcpyHtoDAsync_v2(Address target, const void *source, size_t bytes, Stream *stream) {
    return stream && !stream->capturing ? cuMemcpyHtoD_v2(target, source, bytes) : INVALID;
}
EXPORT int cuStreamCreate(Stream **stream, unsigned) { *stream = new Stream; return current ? OK : INVALID; }
EXPORT int cuStreamDestroy_v2(Stream *stream) { delete stream; return OK; }
EXPORT int cuStreamSynchronize(Stream *stream) { return current && stream ? OK : INVALID; }

static Graph captured;

static int run(Launch kernel, int blocks, int threads, int shared, void **arguments, Stream *stream) {
    if (!current || !kernel || !stream) return INVALID;
    if (stream->capturing) {
        // A real graph copies the values; this one keeps the addresses, whose values never change for a step.
        captured = Graph{kernel, blocks, threads, shared, arguments};
        return OK;
    }
    if (launchesLeft >= 0 && launchesLeft-- == 0) {
        launchesLeft = 0;
        return LOST;
    }
    launches++;
    kernel(blocks, threads, shared, arguments);
    return OK;
}
EXPORT int cuLaunchCooperativeKernel(Launch kernel, unsigned x, unsigned y, unsigned z, unsigned bx, unsigned by, unsigned bz,
        unsigned shared, Stream *stream, void **arguments) {
    if (y != 1 || z != 1 || by != 1 || bz != 1 || x > 3 || !cooperative || (stream->capturing && !capturable)) return INVALID;
    return run(kernel, x, bx, shared, arguments, stream);
}
EXPORT int cuLaunchKernel(Launch kernel, unsigned x, unsigned y, unsigned z, unsigned bx, unsigned by, unsigned bz,
        unsigned shared, Stream *stream, void **arguments, void **extra) {
    if (x != 1 || y != 1 || z != 1 || by != 1 || bz != 1 || extra) return INVALID; // several blocks here would have to meet
    return run(kernel, x, bx, shared, arguments, stream);
}
EXPORT int cuStreamBeginCapture_v2(Stream *stream, int) { stream->capturing = true; captured = Graph(); return OK; }
EXPORT int cuStreamEndCapture(Stream *stream, Graph **graph) {
    stream->capturing = false;
    *graph = new Graph(captured);
    return captured.kernel ? OK : INVALID;
}
EXPORT int cuGraphInstantiateWithFlags(Graph **executable, Graph *graph, unsigned long long) {
    *executable = new Graph(*graph);
    return OK;
}
EXPORT int cuGraphDestroy(Graph *graph) { delete graph; return OK; }
EXPORT int cuGraphExecDestroy(Graph *graph) { delete graph; return OK; }
EXPORT int cuGraphLaunch(Graph *graph, Stream *stream) {
    graphLaunches++;
    return run(graph->kernel, graph->blocks, graph->threads, graph->shared, graph->arguments, stream);
}

// ---- libnvrtc
EXPORT int nvrtcVersion(int *major, int *minor) { *major = 12; *minor = 4; return OK; }
EXPORT int nvrtcGetNumSupportedArchs(int *count) { *count = 2; return OK; }
EXPORT int nvrtcGetSupportedArchs(int *values) { values[0] = 75; values[1] = 87; return OK; }
EXPORT int nvrtcCreateProgram(Program **program, const char *source, const char *, int headers, const char **contents,
        const char **names) {
    *program = new Program;
    (*program)->source = source;
    (*program)->header = headers == 1 && strcmp(names[0], "adze_sizes.h") == 0 ? contents[0] : "";
    return OK;
}
EXPORT int nvrtcCompileProgram(Program *program, int count, const char **options) {
    bool target = false;
    for (int i = 0; i < count; i++) target |= strcmp(options[i], "--gpu-architecture=sm_87") == 0;
    if (!target) return 5;
    static std::map<std::string, std::string> compiled;
    std::string &image = compiled[program->header + program->source];
    if (!image.empty()) {
        program->image = image;
        return OK;
    }
    std::string at = std::string(WORK_FOLDER) + "/kernel-" + std::to_string(compiled.size());
    if (mkdir(at.c_str(), 0700) != 0) return 6;
    std::ofstream(at + "/adze_sizes.h") << program->header;
    std::ofstream(at + "/kernel.cpp") << "#include \"emulation.h\"\n" << program->source
            << "\nextern \"C\" void emulated_adze_lstm(int blocks, int threads, int shared, void **arguments) {\n"
               "    emulatedLaunch(adze_lstm, blocks, threads, shared, arguments);\n}\n";
    std::string command = std::string("c++ -std=c++17 -O1 -shared -fPIC -ffp-contract=off -w -U_FORTIFY_SOURCE -DADZE_EMULATED -I") + at
            + " -I" + EMULATION_FOLDER + " -o " + at + "/kernel.so " + at + "/kernel.cpp > " + at + "/log 2>&1";
    int status = system(command.c_str());
    std::ifstream log(at + "/log");
    program->log.assign(std::istreambuf_iterator<char>(log), {});
    program->image = image = at + "/kernel.so";
    return status == 0 ? OK : 6;
}
EXPORT int nvrtcGetProgramLogSize(Program *program, size_t *size) { *size = program->log.size() + 1; return OK; }
EXPORT int nvrtcGetProgramLog(Program *program, char *log) { strcpy(log, program->log.c_str()); return OK; }
EXPORT int nvrtcGetCUBINSize(Program *program, size_t *size) { *size = program->image.size() + 1; return OK; }
EXPORT int nvrtcGetCUBIN(Program *program, char *image) { strcpy(image, program->image.c_str()); return OK; }
EXPORT int nvrtcGetPTXSize(Program *, size_t *) { return INVALID; }
EXPORT int nvrtcGetPTX(Program *, char *) { return INVALID; }
EXPORT int nvrtcDestroyProgram(Program **program) { delete *program; return OK; }
