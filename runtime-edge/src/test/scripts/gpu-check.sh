#!/bin/sh
# On a machine with an NVIDIA GPU: builds the runtime, holds the cuda backend against the scalar kernel, times steps and
# windows (beside cuDNN through PyTorch, where python3 has it), and prints a Markdown page for docs/results.
#
#   runtime-edge/src/test/scripts/gpu-check.sh [-Dadze.nvrtc=FILE ...] > docs/results/cuda-GPU.md
#
# Exit codes: 0 all agree, 1 a difference beyond tolerance, 8 no GPU, driver or NVRTC.
set -eu
cd "$(dirname "$0")/../../../.."
mvn -q -B -pl runtime-edge -DskipTests test-compile dependency:build-classpath \
    -Dmdep.outputFile=target/gpu-check.classpath -Dmdep.includeScope=test 1>&2
classpath=runtime-edge/target/classes:runtime-edge/target/test-classes:$(cat runtime-edge/target/gpu-check.classpath)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
rc=0
"$java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED "$@" -cp "$classpath" \
    dev.adze.runtime.backend.cuda.GpuCheck || rc=$?
[ $rc -eq 0 ] || exit $rc
if python3 -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; then
    python3 runtime-edge/src/test/scripts/gpu_check_torch.py
else
    echo
    echo "cuDNN: not timed, python3 has no PyTorch with CUDA."
fi
