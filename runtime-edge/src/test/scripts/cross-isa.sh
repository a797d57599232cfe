#!/bin/sh
# Proves that all kernels give the same bits on x86-64 and AArch64: prints the hashes of long runs (hash_run.c and
# HashRun.java) natively and under emulation, and fails unless all of a kind are equal.
# Needs cc, aarch64-linux-gnu-gcc, qemu-aarch64-static and a built runtime-edge; Debian: gcc-aarch64-linux-gnu
# qemu-user-static. With AARCH64_ROOT, a Debian root folder for arm64 that has a JDK 25, the Java kernels are run
# under emulation too:
#     mmdebstrap --variant=extract --arch=arm64 --include=openjdk-25-jre-headless trixie AARCH64_ROOT
#     runtime-edge/src/test/scripts/cross-isa.sh [steps [tier]]
# With a tier, neon-i8mm for example, only that one is run under emulation, on QEMU's "max" processor.
set -eu
cd "$(dirname "$0")/../../.."
steps=${1:-100000}
tier=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=src/main/native

run() { # NAME COMMAND...
    echo "== $1"
    shift
    "$@" | tee -a "$work/hashes"
}

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
options="--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp target/classes:target/test-classes"

sh "$sources/build.sh" "$work" >/dev/null
cc -std=c11 -O2 -ffp-contract=off -I"$sources" src/test/native/hash_run.c "$work/linux-x86_64/libadze.so" \
    -Wl,-rpath,"$work/linux-x86_64" -o "$work/hash-x86_64"
aarch64-linux-gnu-gcc -std=c11 -O2 -ffp-contract=off -I"$sources" src/test/native/hash_run.c \
    "$work/linux-aarch64/libadze.so" -Wl,-rpath,"$work/linux-aarch64" -o "$work/hash-aarch64"

echo "$steps steps, $(uname -m), $(qemu-aarch64-static --version | head -1)"
run "x86-64, C library" "$work/hash-x86_64" "$steps"
# shellcheck disable=SC2086
run "x86-64, Java" "$java" $options dev.adze.runtime.kernel.HashRun "$steps" 2>/dev/null
cpus="cortex-a72 cortex-a76 max,pauth-impdef=on"
[ -z "$tier" ] || cpus=max,pauth-impdef=on
for cpu in $cpus; do
    # shellcheck disable=SC2086
    run "AArch64 ($cpu, emulated), C library" \
        qemu-aarch64-static -cpu "$cpu" -L /usr/aarch64-linux-gnu "$work/hash-aarch64" "$steps" $tier
done
if [ -n "${AARCH64_ROOT:-}" ]; then
    # shellcheck disable=SC2086
    run "AArch64 (cortex-a76, emulated), Java" qemu-aarch64-static -cpu cortex-a76 -L "$AARCH64_ROOT" \
        "$AARCH64_ROOT/usr/lib/jvm/java-25-openjdk-arm64/bin/java" $options dev.adze.runtime.kernel.HashRun "$steps" 2>/dev/null
fi
if grep FAILED "$work/hashes"; then
    exit 1
fi
for kind in fp32 fp16 int8 int4 delta sparse; do
    different=$(grep "^$kind " "$work/hashes" | awk '{print $3}' | sort -u | wc -l)
    if [ "$different" -ne 1 ]; then
        echo "FAILED: $different different hashes of $kind runs"
        exit 1
    fi
done
echo "all equal"
