#!/bin/sh
# On a machine with an NVIDIA GPU: builds, holds the cuda and tensorrt backends against the scalar kernel, times steps and
# windows of both and of cuDNN's LSTM through PyTorch (LibTorch) on the same GPU in the same run, holds the times to the goals,
# and prints a Markdown page for docs/results.
#
#   runtime-edge/src/test/scripts/gpu-check.sh [-Dadze.nvrtc=FILE ...] > docs/results/gpu-NAME.md
#
# TensorRT needs itself, its CUDA runtime and a pack of bindings: packs in tensorrt/target/packs are made here, others are
# named by -Dadze.tensorrt.packs=FOLDER. cuDNN needs a python3 whose PyTorch sees the GPU. What is missing is said on the page.
#
# A machine without Maven runs what was built elsewhere (target/ and, for TensorRT, tensorrt/target/packs copied along; Java
# from JAVA_HOME). `gpu-check.sh --pack FOLDER` makes such a copy of 53 MB with a Java of its own; there: FOLDER/gpu-check.
#
# Exit codes: 0 all agree, 1 a difference beyond tolerance, 8 no GPU, driver or NVRTC. Goals that are missed do not count.
set -eu
if [ "${1-}" = --pack ]; then
    mkdir -p "${2:?gpu-check.sh --pack FOLDER}"
    pack=$(cd "$2" && pwd)
fi
cd "$(dirname "$0")/../../../.."
maven=
[ ! -f pom.xml ] || ! command -v mvn >/dev/null || maven=yes
if [ -n "$maven" ]; then
    mvn -q -B -pl runtime-edge -DskipTests test-compile dependency:build-classpath \
        -Dmdep.outputFile=target/gpu-check.classpath -Dmdep.includeScope=runtime 1>&2
elif [ ! -d runtime-edge/target/test-classes ]; then
    echo "gpu-check: neither Maven nor a built runtime-edge/target is here; build elsewhere: gpu-check.sh --pack FOLDER" >&2
    exit 8
fi
case $(uname -m) in aarch64) platform=linux-arm64 ;; *) platform=linux-$(uname -m) ;; esac
case " $* " in
    *" -Dadze.tensorrt.packs="*) ;;
    *)
        [ -d tensorrt/target/packs ] || [ -z "$maven" ] ||
            mvn -q -B -Ptensorrt -Dadze.pack.platform="$platform" -Dmaven.test.skip=true package 1>&2 ||
            echo "gpu-check: the TensorRT packs could not be built; going on without" >&2
        ;;
esac
libraries=$(cat runtime-edge/target/gpu-check.classpath 2>/dev/null || true)
if [ -n "${pack-}" ]; then
    mkdir -p "$pack/runtime-edge/target/lib"
    "${JAVA_HOME:+$JAVA_HOME/bin/}jlink" --add-modules java.base,java.logging,java.management,java.net.http,java.xml,jdk.incubator.vector,jdk.unsupported \
        --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-6 --output "$pack/java"
    cp -R runtime-edge/target/classes runtime-edge/target/test-classes "$pack/runtime-edge/target"
    echo "$libraries" | tr ':' '\n' | while read -r jar; do [ -z "$jar" ] || cp "$jar" "$pack/runtime-edge/target/lib"; done
    mkdir -p "$pack/runtime-edge/src/test/scripts"
    cp runtime-edge/src/test/scripts/gpu[-_]check* "$pack/runtime-edge/src/test/scripts"
    [ ! -d tensorrt/target/packs ] || { mkdir -p "$pack/tensorrt/target" && cp -R tensorrt/target/packs "$pack/tensorrt/target"; }
    git rev-parse --short HEAD >"$pack/commit" 2>/dev/null || rm -f "$pack/commit"
    cat >"$pack/gpu-check" <<'END'
#!/bin/sh
folder=$(cd "$(dirname "$0")" && pwd)
JAVA_HOME=$folder/java PATH=$folder/java/bin:$PATH exec "$folder/runtime-edge/src/test/scripts/gpu-check.sh" "$@"
END
    chmod +x "$pack/gpu-check"
    echo "packed: $pack/gpu-check [-Dadze.nvrtc=FILE ...]" >&2
    exit 0
fi
[ ! -d runtime-edge/target/lib ] || libraries="$libraries:runtime-edge/target/lib/*"
classpath=runtime-edge/target/classes:runtime-edge/target/test-classes:$libraries
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
page=$(mktemp)
trap 'rm -f "$page"' EXIT
# Options that the caller gives come after ours and win.
check() {
    "$java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
        "-Dadze.tensorrt.packs=$PWD/tensorrt/target/packs" "$@"
}
rc=0
check "$@" -cp "$classpath" dev.adze.runtime.backend.cuda.GpuCheck >"$page" || rc=$?
cat "$page"
[ $rc -ne 8 ] || exit 8
worst=$rc
rc=0
check "$@" -cp "$classpath" dev.adze.runtime.backend.tensorrt.TensorRtCheck >"$page.2" || rc=$?
cat "$page.2"
[ $rc -eq 0 ] || worst=$rc
if python3 -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; then
    python3 runtime-edge/src/test/scripts/gpu_check_torch.py >"$page.3" || printf '\nStopped by an error.\n' >>"$page.3"
else
    printf '\n## cuDNN\n\nNot timed: python3 has no PyTorch with CUDA.\n' >"$page.3"
fi
cat "$page.3"
printf '\n## Goals\n\n'
cat "$page" "$page.2" "$page.3" | awk -f runtime-edge/src/test/scripts/gpu_check_goals.awk
rm -f "$page.2" "$page.3"
printf '\n## Machine\n\n'
echo "- $(uname -srm)$(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null | tr -d '"' | sed 's/^/, /')"
model=$(tr -d '\0' </proc/device-tree/model 2>/dev/null || sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
echo "- $model, $(getconf _NPROCESSORS_ONLN) processors"
[ ! -r /etc/nv_tegra_release ] || echo "- $(head -n 1 /etc/nv_tegra_release | sed 's/^# //')"
if command -v nvpmodel >/dev/null; then
    echo "- power mode: $(nvpmodel -q 2>/dev/null | tr '\n' ' ')"
fi
if command -v nvidia-smi >/dev/null; then
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.sm,clocks.max.sm,power.limit --format=csv,noheader | sed 's/^/- /'
fi
echo "- commit $(git rev-parse --short HEAD 2>/dev/null || cat commit 2>/dev/null || echo unknown), $(date -u +%Y-%m-%d)"
exit $worst
