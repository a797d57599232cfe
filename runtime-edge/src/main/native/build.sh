#!/bin/sh
# Builds libadze.so for every Linux platform that a C compiler is found for. Called by Maven; by hand:
#     src/main/native/build.sh OUTPUT_FOLDER        writes OUTPUT_FOLDER/linux-ARCH/libadze.so
# CC names the compiler for this machine, CC_AARCH64 and CC_X86_64 the cross compilers. Without any compiler it says so
# and succeeds: the Java kernels serve then. Nothing is done where the library is newer than all sources.
set -eu
sources=$(cd "$(dirname "$0")" && pwd)
output=${1:?usage: build.sh OUTPUT_FOLDER}
flags="-std=c11 -O3 -Wall -Wextra -ffp-contract=off -fno-math-errno -fPIC -fvisibility=hidden -ffile-prefix-map=$sources=."

say() { echo "native kernels: $*"; }

first_found() {
    for program in "$@"; do
        if [ -n "$program" ] && command -v "$program" >/dev/null 2>&1; then
            echo "$program"
            return
        fi
    done
}

# build ARCH COMPILER TIER...   a TIER is NAME:FLAG,FLAG; a tier whose flags the compiler does not know is left out
build() {
    arch=$1 cc=$2
    shift 2
    library=$output/linux-$arch/libadze.so
    if [ -f "$library" ] && [ -z "$(find "$sources" -newer "$library" -type f)" ]; then
        say "linux-$arch is up to date"
        return
    fi
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    defines= objects= built=
    if ! printf '#include <string.h>\n#include <math.h>\nint x;' | "$cc" -shared -fPIC -x c -o "$work/try.so" - -lm; then
        say "linux-$arch left out: $cc cannot build a shared library (are the C library's headers installed?)"
        return
    fi
    for tier in "$@"; do
        name=${tier%%:*}
        options=$(echo "${tier#*:}" | tr ',' ' ')
        # shellcheck disable=SC2086
        if ! echo 'int x;' | "$cc" $options -x c -c -o "$work/try.o" - 2>/dev/null; then
            say "linux-$arch without $name: $cc does not know $options"
            continue
        fi
        # shellcheck disable=SC2086
        "$cc" $flags $options -c "$sources/tier_$name.c" -o "$work/tier_$name.o"
        defines="$defines -DADZE_WITH_$(echo "$name" | tr '[:lower:]' '[:upper:]')"
        objects="$objects $work/tier_$name.o"
        built="$built $name"
    done
    for part in dispatch pack team window; do
        # shellcheck disable=SC2086
        "$cc" $flags $defines -c "$sources/$part.c" -o "$work/$part.o"
    done
    mkdir -p "$output/linux-$arch"
    # shellcheck disable=SC2086
    "$cc" -shared -s -Wl,--build-id=none -Wl,-soname,libadze.so -o "$work/libadze.so" \
        "$work/dispatch.o" "$work/pack.o" "$work/team.o" "$work/window.o" $objects -lm
    mv "$work/libadze.so" "$library.part"
    mv "$library.part" "$library"
    rm -rf "$work"
    say "built linux-$arch by $cc:$built"
}

if [ "$(uname -s)" != Linux ]; then
    say "none, as this is not Linux; the Java kernels serve"
    exit 0
fi
host=$(uname -m)
case $host in
    x86_64) x86_64=$(first_found "${CC:-}" cc gcc clang) aarch64=$(first_found "${CC_AARCH64:-}" aarch64-linux-gnu-gcc) ;;
    aarch64) aarch64=$(first_found "${CC:-}" cc gcc clang) x86_64=$(first_found "${CC_X86_64:-}" x86_64-linux-gnu-gcc) ;;
    *) x86_64=$(first_found "${CC_X86_64:-}" x86_64-linux-gnu-gcc) aarch64=$(first_found "${CC_AARCH64:-}" aarch64-linux-gnu-gcc) ;;
esac
if [ -n "$x86_64" ]; then
    build x86_64 "$x86_64" generic: avx2:-mavx2,-mfma,-mf16c avxvnni:-mavx2,-mfma,-mf16c,-mavxvnni \
        avx512vnni:-mavx2,-mfma,-mf16c,-mavx512f,-mavx512bw,-mavx512dq,-mavx512vl,-mavx512vnni
else
    say "linux-x86_64 left out: no C compiler (cc, gcc or clang; or CC) found"
fi
if [ -n "$aarch64" ]; then
    # Scheduled before registers are given out, the matrix products' 24 sums would not all stay in registers.
    build aarch64 "$aarch64" generic: neon: neondot:-march=armv8.2-a+dotprod \
        neoni8mm:-march=armv8.2-a+dotprod+i8mm,-fno-schedule-insns
else
    say "linux-aarch64 left out: no aarch64-linux-gnu-gcc (or CC_AARCH64) found"
fi
