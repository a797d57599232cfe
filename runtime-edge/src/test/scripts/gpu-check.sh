#!/bin/sh
# On a machine with an NVIDIA GPU: builds, holds the cuda and tensorrt backends against the scalar kernel, times steps and
# windows of both and of cuDNN's LSTM through PyTorch (LibTorch) on the same GPU in the same run, and prints a Markdown page
# for docs/results.
#
#   runtime-edge/src/test/scripts/gpu-check.sh [-Dadze.nvrtc=FILE ...] > docs/results/gpu-NAME.md
#
# TensorRT needs itself, its CUDA runtime and a pack of bindings: packs in tensorrt/target/packs are made here, others are
# named by -Dadze.tensorrt.packs=FOLDER. cuDNN needs a python3 whose PyTorch sees the GPU. What is missing is said on the page.
#
# Exit codes: 0 all agree, 1 a difference beyond tolerance, 8 no GPU, driver or NVRTC.
set -eu
cd "$(dirname "$0")/../../../.."
mvn -q -B -pl runtime-edge -DskipTests test-compile dependency:build-classpath \
    -Dmdep.outputFile=target/gpu-check.classpath -Dmdep.includeScope=test 1>&2
case $(uname -m) in aarch64) platform=linux-arm64 ;; *) platform=linux-$(uname -m) ;; esac
packs=
case " $* " in
    *-Dadze.tensorrt.packs=*) ;;
    *)
        [ -d tensorrt/target/packs ] || mvn -q -B -Ptensorrt -Dadze.pack.platform="$platform" -Dmaven.test.skip=true package 1>&2 ||
            echo "gpu-check: the TensorRT packs could not be built; going on without" >&2
        packs=-Dadze.tensorrt.packs=$PWD/tensorrt/target/packs
        ;;
esac
classpath=runtime-edge/target/classes:runtime-edge/target/test-classes:$(cat runtime-edge/target/gpu-check.classpath)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
check() {
    "$java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED $packs "$@"
}
rc=0
check "$@" -cp "$classpath" dev.adze.runtime.backend.cuda.GpuCheck || rc=$?
[ $rc -ne 8 ] || exit 8
worst=$rc
rc=0
check "$@" -cp "$classpath" dev.adze.runtime.backend.tensorrt.TensorRtCheck || rc=$?
[ $rc -eq 0 ] || worst=$rc
if python3 -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; then
    python3 runtime-edge/src/test/scripts/gpu_check_torch.py
else
    printf '\n## cuDNN\n\nNot timed: python3 has no PyTorch with CUDA.\n'
fi
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
echo "- commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown), $(date -u +%Y-%m-%d)"
exit $worst
