#!/usr/bin/env bash
# Load on a served model: serve-load.sh BUNDLE CHANNELS [RATE [SECONDS]], from the repository's root, after the build with
# its tests. Starts an agent on this host's sensors with the bundle served on the loopback, then offers RATE steps of
# sequences a second (open loop) over HTTP, then over gRPC, then twice as many over HTTP.
# Prints what dev.adze.agent.serve.LoadGenerator measured and the server's own counts.
set -e
bundle=$(readlink -f "$1") channels=$2 rate=${3:-3000} seconds=${4:-10}
java=${ADZE_JAVA_HOME:-${JAVA_HOME:-/usr}}/bin/java
folder=$(mktemp -d)
trap 'kill $agent 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
cat >"$folder/p.yaml" <<YAML
adze-profile: 1
name: load
device: {board: this host}
sensors: {rate-hz: ${HZ:-2}}
serve: {http: {port: 0}, grpc: {port: 0}}
reporting: {console-interval-s: 0}
state: {folder: $folder/state}
YAML
options=(--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC)
path="device-agent/target/classes:runtime-edge/target/classes:profiles/target/classes:device-agent/target/lib/*"
"$java" "${options[@]}" -Xmx128m -cp "$path" dev.adze.agent.cli.Main run --profile "$folder/p.yaml" --bundle "$bundle" >"$folder/log" 2>&1 &
agent=$!
until grep -q "serving gRPC" "$folder/log"; do
    kill -0 $agent || { cat "$folder/log"; exit 1; }
    sleep 0.1
done
sleep 2
http=$(sed -n 's/serving HTTP on port //p' "$folder/log") grpc=$(sed -n 's/serving gRPC on port //p' "$folder/log")
model=$(sed -n 's/ (.*on [0-9]* channels.*//p' "$folder/log" | head -n 1)
grep chosen "$folder/log"
load() { "$java" "${options[@]}" -Xmx128m -cp "device-agent/target/test-classes:$path" dev.adze.agent.serve.LoadGenerator "$@" 2>/dev/null | tail -n 1; }
load http "$http" "$model" "$channels" "$rate" "$seconds" 8
load grpc "$grpc" "$model" "$channels" "$rate" "$seconds" 8
load http "$http" "$model" "$channels" $((2 * rate)) "$seconds" 16
curl -s "localhost:$http/v2/counts"; echo
grep -E 'VmHWM|VmRSS|Threads' /proc/$agent/status
