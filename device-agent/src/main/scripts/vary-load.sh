#!/usr/bin/env bash
# Varied, really run, low-duty load for recording a host's sensors: compression, hashing, synced writes, memory,
# directory walks, short-lived processes, loopback copies, and pauses. Bursts of 10 to 90 s at nice 19, at most
# DUTY percent of the time, in an order drawn from SEED; ends by itself and leaves nothing behind.
#
#   vary-load.sh MINUTES [SEED] [DUTY]      prints one line a burst: epoch-seconds kind seconds
set -u
minutes=${1:?usage: vary-load.sh MINUTES [SEED] [DUTY-PERCENT]}
RANDOM=${2:-1}
duty=${3:-25}
[[ $minutes =~ ^[0-9]{1,4}$ && $duty =~ ^[0-9]{1,2}$ && $duty -ge 1 && $duty -le 50 ]] || {
  echo "vary-load: MINUTES must be a whole number and DUTY-PERCENT 1 to 50" >&2; exit 2; }
renice -n 19 -p $$ >/dev/null 2>&1

work=$(mktemp -d "${TMPDIR:-/tmp}/vary-load.XXXXXX") || exit 6
cleanup() {
  trap - EXIT
  for child in $(jobs -p); do pkill -P "$child" 2>/dev/null; kill "$child" 2>/dev/null; done
  rm -rf "$work"
  exit "${1:-0}"
}
trap 'cleanup' EXIT
trap 'cleanup 0' TERM INT HUP

# 48 MiB of real, compressible text and machine code, read once.
sample=$work/sample
find /usr/lib /usr/share /usr/bin -type f -size +8k -size -4096k -print0 2>/dev/null | head -z -n 400 |
  xargs -0 cat 2>/dev/null | head -c 48M >"$sample"

# Pauses and bursts run as children that are waited for, so that a signal ends the script at once. A burst repeats
# its work until `until_end` says no; every piece of work takes a few seconds at most.
until_end() { ((SECONDS < burst_end)); }
work_gzip()   { while until_end; do gzip -6 -c "$sample" >/dev/null; done; }
work_gzip2()  { work_gzip & work_gzip; wait $!; }
work_xz()     { while until_end; do head -c 8M "$sample" | xz -3 -T1 -c >/dev/null; done; }
work_hash()   { while until_end; do sha256sum "$sample" >/dev/null; sleep 0.$((RANDOM % 9)); done; }
work_write()  { while until_end; do dd if="$sample" of="$work/out" bs=256k count=128 conv=fsync 2>/dev/null; sleep 1.$((RANDOM % 9)); done; }
work_sync()   { while until_end; do dd if="$sample" of="$work/out" bs=16k count=200 oflag=dsync 2>/dev/null; sleep 0.$((RANDOM % 9)); done; }
work_memory() { while until_end; do { head -c "$memory" /dev/zero; sleep 4; } | tail -c "$memory" >/dev/null; done; }
work_find()   { while until_end; do find /usr -type f -newer /etc/hostname -printf x 2>/dev/null | wc -c >/dev/null; sleep 0.$((RANDOM % 9)); done; }
work_fork()   { while until_end; do for _ in {1..40}; do /bin/true; done; sleep 0.1; done; }
work_loop()   { # a file server on the loopback, where the JDK's and curl are there
  command -v curl >/dev/null && command -v jwebserver >/dev/null || { work_hash; return; }
  local port=$((20000 + RANDOM))
  jwebserver -b 127.0.0.1 -p "$port" -d "$work" >/dev/null 2>&1 & local server=$!
  while until_end; do curl -s --limit-rate 60M "http://127.0.0.1:$port/sample" -o /dev/null || sleep 1; done
  kill "$server"; wait "$server" 2>/dev/null
}

kinds=(gzip gzip2 xz hash write sync memory find fork loop)
end=$((SECONDS + minutes * 60))
start=$SECONDS
busy=0
while ((SECONDS < end)); do
  kind=${kinds[RANDOM % ${#kinds[@]}]}
  length=$((10 + RANDOM % 81))
  memory=$((64 + RANDOM % 704))M
  # The burst must not lift the busy share above the duty; and no two bursts touch.
  wait_until=$((start + (busy + length) * 100 / duty - length))
  rest=$((wait_until - SECONDS)); ((rest < 5)) && rest=5
  ((SECONDS + rest + length > end)) && break
  sleep "$rest" & wait $!
  echo "$(date +%s) $kind $length"
  burst_end=$((SECONDS + length))
  began=$SECONDS
  "work_$kind" & wait $!
  busy=$((busy + SECONDS - began))
  rm -f "$work/out"
done
