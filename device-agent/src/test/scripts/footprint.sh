#!/usr/bin/env bash
# What an agent costs: footprint.sh BUNDLE PROFILE [SECONDS], after a build and one start of ./adze-agent (which makes the AOT
# cache). Starts the launcher as it is and prints the time from exec to the first decision in the report, then, over SECONDS
# (30) in steady state, resident memory, share of one core and bytes given to the disk. The profile's bundle key is not used.
set -e
bundle=$(readlink -f "$1") profile=$(readlink -f "$2") seconds=${3:-30}
root=$(cd "$(dirname "$0")/../../../.." && pwd -P)
folder=$(mktemp -d)
trap 'kill $agent 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
start=$(date +%s%N)
ADZE_NO_BUILD=1 "$root/adze-agent" run --profile "$profile" --bundle "$bundle" --jsonl "$folder/r.jsonl" >"$folder/log" 2>&1 &
agent=$!
until grep -q '"decision"' "$folder/r.jsonl" 2>/dev/null; do
    kill -0 $agent || { cat "$folder/log"; exit 1; }
    sleep 0.01
done
echo "first decision $((($(date +%s%N) - start) / 1000000)) ms after exec"
sleep 5
ticks() { awk '{print $14 + $15}' /proc/$agent/stat; }
written() { awk '/^write_bytes/ {print $2}' /proc/$agent/io; }
t0=$(ticks) w0=$(written)
sleep "$seconds"
awk -v t=$(($(ticks) - t0)) -v w=$(($(written) - w0)) -v s="$seconds" -v hz="$(getconf CLK_TCK)" \
    'BEGIN {printf "%.2f %% of one core, %.2f MB an hour written\n", 100 * t / hz / s, w * 3600 / s / 1e6}'
awk '/VmRSS|RssAnon|RssFile|Threads/' /proc/$agent/status
