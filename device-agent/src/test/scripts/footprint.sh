#!/usr/bin/env bash
# Measures what the agent costs a device, by two models with random weights on this host's own figures: 3.8 million weights at
# 4 Hz, and a small one at 100 Hz. Takes three minutes; a quiet machine is wanted.
#   device-agent/src/test/scripts/footprint.sh [PAGE]        (PAGE: docs/results/footprint.md)
# FOOTPRINT_NOTE: a sentence for the page on the machine's other work.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../../.." && pwd -P)
page=${1:-$root/docs/results/footprint.md}
starts=5 settle=20 warm=60 seconds=55
folder=$(mktemp -d)
agent=
trap '[ -z "$agent" ] || kill $agent 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo 'no commit')
"$root/adze-agent" --version >/dev/null                 # builds what is missing, and makes the AOT cache
jar=$(ls "$root"/device-agent/target/device-agent-*.jar)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
for model in small large; do
    "$java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp "$jar:$root/device-agent/target/lib/*" \
        "$root/device-agent/src/test/scripts/HostBundle.java" $model "$folder/$model.adze" 2>/dev/null
    [ $model = small ] && hertz=100 || hertz=4
    printf 'adze-profile: 1\nname: %s\ndevice: {board: any}\nbundle: %s.adze\nsensors: {rate-hz: %s}\nruntime: {kernel: vector}\nreporting: {jsonl: r.jsonl}\n' \
        $model $model $hertz >"$folder/$model.yaml"
done
export XDG_CACHE_HOME=$folder/cache XDG_RUNTIME_DIR=$folder

# Starts the launcher as it is; sets agent, and first to the milliseconds from exec to the first decision in the report.
start() { # model
    rm -f "$folder/r.jsonl"
    local begin
    begin=$(date +%s%N)
    ADZE_NO_BUILD=1 "$root/adze-agent" run --profile "$folder/$1.yaml" >"$folder/log" 2>&1 &
    agent=$!
    until grep -q '"decision"' "$folder/r.jsonl" 2>/dev/null; do
        kill -0 $agent || { cat "$folder/log"; exit 1; }
        sleep 0.01
    done
    first=$((($(date +%s%N) - begin) / 1000000))
}
stop() {
    kill $agent
    wait $agent || true
    agent=
}
resident() { awk '/^VmRSS/ {printf "%.1f MB", $2 * 1024 / 1e6}' /proc/$agent/status; }
anonymous() { awk '/^RssAnon/ {printf "%.1f MB", $2 * 1024 / 1e6}' /proc/$agent/status; }
ticks() { sed 's/.*) //' /proc/$agent/stat | awk '{print $12 + $13}'; }
given() { awk '/^write_bytes/ {print $2}' /proc/$agent/io; }
# The compiler goes on for some minutes at 100 Hz: its share is told apart.
compiler() { cat /proc/$agent/task/*/stat | awk '/C[12] Compiler/ {sub(/.*\) /, ""); split($0, f, " "); n += f[12] + f[13]} END {print n + 0}'; }

for model in small large; do
    times=
    for _ in $(seq $starts); do
        start $model
        times="$times $first"
        sleep 1
        [ $model = large ] && [ "$(wc -w <<<"$times")" = $starts ] || stop
    done
    eval "first_$model='$(tr ' ' '\n' <<<"$times" | grep . | sort -n | paste -sd ' ')'"
done
sleep $settle
large="$(resident) ($(anonymous) of it anonymous)"
stop
start small
sleep $warm
t=$(ticks) c=$(compiler) w=$(given) b=$(stat -c %s "$folder/r.jsonl") n=$(grep -c '"decision"' "$folder/r.jsonl")
sleep $seconds
t=$(($(ticks) - t)) c=$(($(compiler) - c)) w=$(($(given) - w)) b=$(($(stat -c %s "$folder/r.jsonl") - b))
small="$(resident) ($(anonymous) of it anonymous)"
stop
shares=$(awk -v t=$t -v c=$c -v s=$seconds -v hz="$(getconf CLK_TCK)" \
    'BEGIN {printf "%.1f %%, and %.1f %% of Java'\''s compiler", 100 * (t - c) / hz / s, 100 * c / hz / s}')
written=$(awk -v b=$b -v w=$w -v s=$seconds 'BEGIN {printf "%.2f MB in the file, %.2f MB given to the disk", b * 3600 / s / 1e6, w * 3600 / s / 1e6}')
{
    printf '# What the agent costs a device\n\nWritten by `device-agent/src/test/scripts/footprint.sh` on %s, at %s: %s cores of %s,\n%s, JDK %s. %s\n\n' \
        "$(date -u +%Y-%m-%d)" "$commit" "$(nproc)" "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(uname -sm)" \
        "$("$java" --version | sed -n 's/.*build \(.*\)).*/\1/p' | head -1)" "${FOOTPRINT_NOTE:-}"
    printf 'Models with random weights, int8, `runtime.kernel: vector` (Java'\''s Vector API, no native library), on eight figures of this\n'
    printf 'host; the launcher with its AOT cache and its options.\n\n| | wanted | measured |\n|---|---:|---:|\n'
    printf '| first decision after exec, 2 x LSTM 560 (3.8 million weights), ms, %s starts | 1,000 | %s |\n' $starts "$first_large"
    printf '| first decision after exec, 2 x LSTM 48, ms, %s starts | 1,000 | %s |\n' $starts "$first_small"
    printf '| resident, 2 x LSTM 560, windows of 30 steps at 4 Hz, after %s s | 96 MB | %s |\n' $settle "$large"
    printf '| resident, 2 x LSTM 48 at 100 Hz, after %s s | | %s |\n' $((warm + seconds)) "$small"
    printf '| of one core, 2 x LSTM 48 at 100 Hz, 8 channels, seconds %s to %s | 2 %% | %s |\n' $warm $((warm + seconds)) "$shares"
    printf '| written an hour, by the same seconds | 1 MB | %s |\n' "$written"
    printf '| allocated by a decision | nothing | nothing (`InferenceLoopTest.aDecisionAllocatesNothing`) |\n'
    cat <<'PROSE'

First decisions are found by looking for the first line in the report every 10 ms, so up to that much less. They come from the
scalar kernel (docs/service.md, "The start"). Resident memory is larger in the first ten seconds: up to 122 MB with the larger
model, for the compiler and for weights of both kernels.

The share of a core goes about equally to the thread that reads three files of /proc, which the kernel computes when they are
read, and to the loop's thread, of whose time a third is the kernel's too: waits and wakes, twice a decision. It fell from 4.9 %
by reading only the files that are looked at, and each only once; by having Java compile sooner what runs a hundred times a second;
by not making lines that the report's bound has no room for; and by counting a report's latencies through once for all its
percentiles, where each percentile had gone through all of them.

The report is bounded to 1 MB an hour (`reporting.jsonl-mb-per-hour`); a quarter of that may come at once at the start, so the
first minute's rate says nothing. The disk is given whole pages of 4 KB, the last page of the file again whenever the system
writes it back after a further line, and so more than the file grows by.
PROSE
} >"$folder/page"
cat "$folder/page"
mv "$folder/page" "$page"
