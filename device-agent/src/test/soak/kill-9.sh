#!/usr/bin/env bash
# Kills an agent by SIGKILL at random moments and accounts for every report (KillNine.java). Needs Mosquitto
# (apt install mosquitto) and a build with tests: mvn -pl device-agent -am test-compile package
#     device-agent/src/test/soak/kill-9.sh [KILLS] [SEED]
set -e
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd -P)
kills=${1:-200}
seed=${2:-$RANDOM}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || { echo "no mosquitto on this machine: apt install mosquitto"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx64m)
lib=$(printf '%s:' "$root"/device-agent/target/lib/*.jar)
agent=$(ls "$root"/device-agent/target/device-agent-*.jar | head -1)
echo "seed $seed"
# Starts take most of the time: classes from a cache.
printf 'adze-profile: 1\nname: x\ndevice: {board: x}\nsensors: {rate-hz: 1}\n' >"$work/x.yaml"
"$java" "${flags[@]}" -XX:AOTCacheOutput="$work/agent.aot" -cp "$agent:$lib" dev.adze.agent.cli.Main run \
    --profile "$work/x.yaml" --bundle "$work/none.adze" >/dev/null 2>&1 || true
cached=()
[ -s "$work/agent.aot" ] && cached=(-XX:AOTCache="$work/agent.aot")
"$java" "${flags[@]}" -Xmx256m -cp "$root/device-agent/target/test-classes:$agent:$lib" dev.adze.agent.mqtt.KillNine \
    "$kills" "$work/run" "$seed" "$java" "${flags[@]}" "${cached[@]}" -cp "$agent:$lib" dev.adze.agent.cli.Main
