# Runs on the board, as root, in the shared folder: the agent on real kernel devices, checked from the other side.
# Prints what becomes docs/results/board-rig.md; exit status 1 if a check failed.
passed=0
failed=0
rig=/sys/module/rig/parameters
lm75=/sys/kernel/debug/rig/i2c-49

agent() { java -XX:+UseSerialGC -XX:TieredStopAtLevel="${tier:-1}" -Xmx128m --add-modules jdk.incubator.vector \
  --enable-native-access=ALL-UNNAMED -jar agent/device-agent.jar "$@" 2>>errors.txt; }

check() { # WHAT EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); echo "- ok: $1: $3"
  else failed=$((failed + 1)); echo "- **failed**: $1: '$3', expected '$2'"; fi
}

# The last value of a column, or the count of rows in which it has / lacks one.
column() { awk -F, -v name="$2" -v what="$3" '
  NR == 1 { for (i = 1; i <= NF; i++) { n = $i; sub(/\[.*/, "", n); if (n == name) c = i }; next }
  { rows++; if ($c != "") { last = $c; seen[$c]; have++ } }
  END { if (what == "last") print last; else if (what == "gaps") print (rows > have) ? "yes" : "no"
        else print (what in seen) ? "yes" : "no" }' "$1"; }

press() { echo pull-up >"$BOARD_GPIO_SIM/sim_gpio5/pull"; sleep 0.2; echo pull-down >"$BOARD_GPIO_SIM/sim_gpio5/pull"; sleep 0.2; }

# Waits until a file has a line with this text.
await() { n=0; while ! grep -q "$2" "$1" 2>/dev/null; do n=$((n + 1)); [ $n -lt 1500 ] || { echo "no '$2' in $1"; exit 1; }; sleep 0.2; done; }

# Waits until each of these columns of a recording under way has a value in some row behind line AFTER. Nothing here goes by
# a fixed time: a busy machine emulates a board so slowly that its sensors time out, and the first rows are empty.
await_values() { # FILE AFTER COLUMNS
  n=0
  until awk -F, -v after="$2" -v names="$3" '
    NR == 1 { want = split(names, name, " "); for (i = 1; i <= NF; i++) { h = $i; sub(/\[.*/, "", h); at[h] = i }; next }
    NR > after { for (i in name) if ($(at[name[i]]) != "" && !(i in seen)) { seen[i]; have++ } }
    END { exit !(want && have == want) }' "$1.partial" 2>/dev/null
  do n=$((n + 1)); [ $n -lt 600 ] || { echo "no value of one of $3 in $1"; return; }; sleep 0.5; done
}

# Stops every Java program as a service manager would.
stop_java() { for p in /proc/[0-9]*; do case $(readlink "$p/exe") in */java) kill -TERM "${p#/proc/}" ;; esac; done; }

i2cset -y "$BOARD_I2C_BUS" 0x50 0x10 0x12; i2cset -y "$BOARD_I2C_BUS" 0x50 0x11 0x34
i2cset -y "$BOARD_STUB_BUS" 0x1d 0x20 0x33

mkdir -p /var/lib/nvpmodel; echo 'pmode:0002' >/var/lib/nvpmodel/status        # as a Jetson's nvpmodel writes it
modprobe vcan; modprobe can-raw
busybox ip link add name vcan0 type vcan; busybox ip link set vcan0 up

echo "## The board"; echo
echo "- $(tr -d '\0' </proc/device-tree/model) (as its device tree says), $(uname -srm), $(nproc) core, emulated"
echo "- $(java -version 2>&1 | sed -n 2p)"
echo; echo "## What \`adze-agent probe --profile board.yaml\` sees"; echo
echo '```'; agent probe --profile board.yaml | awk '/^host/ { skip = 1 } /^[a-z]/ && !/^host/ { skip = 0 } !skip' | tee probe.txt; echo '```'
echo; echo "Times are those of an emulated processor and say nothing of a board's."
echo; echo "## What \`adze-agent sensors\` says can be wired to"; echo
agent sensors >sensors.txt
echo '```'; sed -n '/^KIND/,$p' sensors.txt; echo '```'

echo; echo "## Readings"; echo
# Speed 100 km/h from bit 8; the wheel's twelve bits from bit 39 down are 0xF38: -200 half degrees.
(exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx32m --enable-native-access=ALL-UNNAMED -cp tools RigCan vcan0 3600 \
  1A0 00102700f3800000 1A2 ff >sender.txt 2>>errors.txt) & sender=$!
await sender.txt sending
wanted=rail.ch1.voltage,rail.ch1.current,rail.ch2.voltage,rail.ch3.power,case.temperature,eeprom.counter,smbus.counter,door.button,door.presses,adc.loop,motion.temperature,absent.temperature,hwmon.ina3221.gpu.voltage,hwmon.lm75.temp1,thermal.cpu-therm,iio.bmp280.temp,iio.bmp280.pressure,car.speed,car.wheel,car.none,scans.mean,fan.duty,nvpmodel.mode
readable="rail.ch1.voltage rail.ch1.current rail.ch2.voltage rail.ch3.power case.temperature eeprom.counter smbus.counter door.button adc.loop hwmon.ina3221.gpu.voltage hwmon.lm75.temp1 thermal.cpu-therm iio.bmp280.temp iio.bmp280.pressure nvpmodel.mode"
agent record --profile board.yaml --rate 2 --duration 10m --channels $wanted --output quiet.csv >/dev/null &
recorder=$!
await_values quiet.csv 1 "$readable car.speed car.wheel"
stop_java; wait $recorder; wait $sender 2>/dev/null
check "CAN frames over a virtual bus: low byte first" 100 "$(column quiet.csv car.speed last)"
check "CAN frames: high byte first, signed" -100 "$(column quiet.csv car.wheel last)"
check "a CAN frame that nobody sends has no value" "" "$(column quiet.csv car.none last)"
check "power mode, from the file that nvpmodel writes" 2 "$(column quiet.csv nvpmodel.mode last)"
check "a buffer without a trigger has no value" "" "$(column quiet.csv scans.mean last)"
check "why: no trigger" 1 "$(grep -c 'scans.mean *missing: the driver refuses 1 in buffer/enable' probe.txt)"
check "a PWM chip that is not there has no value" "" "$(column quiet.csv fan.duty last)"
check "why: none" 1 "$(grep -c 'fan.duty *missing: no PWM chip is called pwmchip0; there is none' probe.txt)"
check "INA3221 over /dev/i2c, volts" 5 "$(column quiet.csv rail.ch1.voltage last)"
check "INA3221 over /dev/i2c, amperes over 5 milliohms" 0.8 "$(column quiet.csv rail.ch1.current last)"
check "its second rail, volts" 12 "$(column quiet.csv rail.ch2.voltage last)"
check "its third rail, watts" 3.8 "$(column quiet.csv rail.ch3.power last)"
check "LM75 over /dev/i2c, degC" 30.25 "$(column quiet.csv case.temperature last)"
check "a register of 16 bits" 4660 "$(column quiet.csv eeprom.counter last)"
check "a register on a bus of SMBus transfers" 51 "$(column quiet.csv smbus.counter last)"
check "a GPIO line by its name" 0 "$(column quiet.csv door.button last)"
check "SPI transfers (the bus gives back what it is sent)" 0 "$(column quiet.csv adc.loop last)"
check "a chip that a kernel driver holds is left alone" "" "$(column quiet.csv motion.temperature last)"
check "a chip that is not there has no value" "" "$(column quiet.csv absent.temperature last)"
check "INA3221 through hwmon, volts" 5 "$(column quiet.csv hwmon.ina3221.gpu.voltage last)"
check "LM75 through hwmon, degC" 25.5 "$(column quiet.csv hwmon.lm75.temp1 last)"
check "thermal zone, degC" 41.5 "$(column quiet.csv thermal.cpu-therm last)"
check "BMP280 through industrial I/O, degC" 25.08 "$(column quiet.csv iio.bmp280.temp last)"
check "BMP280, hPa, as its data sheet's example" 1006.53 "$(column quiet.csv iio.bmp280.pressure last | cut -c1-7)"
check "GPIO chip by its label, with its lines" 40 "$(awk '$1 == "gpio" && $3 == "tegra194-gpio" { print $4 }' sensors.txt)"
check "I2C bus with a chip that a driver holds" 1 "$(grep -c '^i2c .*ina3221 at 0x40 (held by its driver)' sensors.txt)"
check "why: held by a driver" 1 "$(grep -c 'motion.temperature *missing: in use by a kernel driver' probe.txt)"
check "why: not there" 1 "$(grep -c 'absent.temperature *missing: nobody answers at this address' probe.txt)"

echo; echo "## While things happen to it"; echo
agent record --profile board.yaml --rate 2 --duration 30m --channels $wanted --output busy.csv >/dev/null &
recorder=$!
await_values busy.csv 1 "$readable"
press; press; press
printf '\037\200' | dd of=$lm75 bs=1 conv=notrunc 2>/dev/null          # 31.5 degC
echo 90500,39000,38500,40000 >$rig/temps
await busy.csv.partial 31.5; await busy.csv.partial 90.5
echo 6 >$rig/fail_next; sleep 2                                         # transfers fail
echo 400000 >$rig/delay_us; sleep 6; echo 0 >$rig/delay_us              # every message takes 0.4 s
echo "$BOARD_I2C_BUS-0048" >/sys/bus/i2c/drivers/lm75/unbind; sleep 3
echo "$BOARD_I2C_BUS-0048" >/sys/bus/i2c/drivers/lm75/bind
sleep 5; after=$(wc -l <busy.csv.partial)
await_values busy.csv "$after" "rail.ch1.voltage door.presses"
stop_java; wait $recorder
check "exit status of the recorder" 0 $?
check "presses of the button, counted by the kernel" 3 "$(column busy.csv door.presses last)"
check "an LM75 that warms up" yes "$(column busy.csv case.temperature 31.5)"
check "a thermal zone that does" yes "$(column busy.csv thermal.cpu-therm 90.5)"
check "failed and slow transfers leave cells empty" yes "$(column busy.csv rail.ch1.voltage gaps)"
check "and the last rows are whole again, volts" 5 "$(sed "2,${after}d" busy.csv >last.csv; column last.csv rail.ch1.voltage last)"
check "a kernel driver unbound leaves cells empty" yes "$(column busy.csv hwmon.lm75.temp1 gaps)"
check "a bus that is slow stops nobody else: GPIO lines have values meanwhile" yes "$(awk -F, '
  NR == 1 { for (i = 1; i <= NF; i++) { if ($i ~ /^rail.ch1.voltage/) r = i; if ($i ~ /^door.button/) d = i }; next }
  $r == "" && $d != "" { both = 1 } END { print both ? "yes" : "no" }' busy.csv)"

echo; echo "## As an ordinary user in the groups i2c, spi and gpio"; echo
chmod 777 . ; tier=1
su -s /bin/sh agent -c "java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m --add-modules jdk.incubator.vector \
  --enable-native-access=ALL-UNNAMED -jar agent/device-agent.jar record --profile board.yaml --rate 2 --duration 10m \
  --channels rail.ch1.voltage,door.button,adc.loop --output user.csv"  >/dev/null 2>>errors.txt &
recorder=$!
await_values user.csv 1 "rail.ch1.voltage door.button adc.loop"
stop_java; wait $recorder
check "INA3221, GPIO, SPI" "5 0 0" \
  "$(column user.csv rail.ch1.voltage last) $(column user.csv door.button last) $(column user.csv adc.loop last)"

echo; echo "## Bundles on this board's kernels"; echo
echo "Golden outputs are those of the scalar kernel on x86-64; tolerance 0, so every bit has to be the same."; echo
for bundle in fp32 fp16 int8; do
  for kernel in vector native; do
    sed "s/kernel: .*/kernel: $kernel/" board.yaml >"$kernel.yaml"
    tier=1; [ $kernel != vector ] || tier=4
    line=$(agent run --profile "$kernel.yaml" --bundle $bundle.adze --duration 1s | head -1)
    check "$bundle, $kernel" "board-rig ($bundle, $kernel" "$(echo "$line" | sed "s/\($kernel\).*/\1/")"
  done
done

if [ -d tflite ]; then
  echo; echo "## TensorFlow Lite beside them"; echo
  echo "Its golden outputs within 1e-5; which engine is fastest says nothing here."; echo
  sed "s/kernel: .*/kernel: auto/" board.yaml >auto.yaml
  java -XX:+UseSerialGC -Xmx256m --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -cp "agent/device-agent.jar:agent/lib/*:tflite/*" dev.adze.agent.cli.Main run --profile auto.yaml --bundle tolerant.adze \
    --duration 1s >engines.txt 2>>errors.txt
  check "exit status" 0 $?
  echo '```'; grep -iE 'tflite|vector|scalar|native' engines.txt; echo '```'
  check "TensorFlow Lite gave the golden outputs, and was timed" 1 "$(grep -c 'tflite.*golden vectors within' engines.txt)"
  check "so did the Vector API" 1 "$(grep -c 'vector.*golden vectors within' engines.txt)"
fi

echo; echo "## An alarm that switches a line"; echo
sed "s/kernel: .*/kernel: scalar/" board.yaml >alarm.yaml
cat >>alarm.yaml <<ALARM
alarms:
  - {name: on, output: case.temperature, above: -1000, gpio: {chip: tegra194-gpio, line: LED}}
  - {name: never, output: case.temperature, above: 1000, gpio: {chip: tegra194-gpio, line: 7, active-low: true}}
ALARM
led() { cat "$BOARD_GPIO_SIM/sim_gpio$1/value"; }
check "LED before" 0 "$(led 6)"
agent run --profile alarm.yaml --bundle fp32.adze --jsonl alarm.jsonl --metrics off --duration 10m >/dev/null &
runner=$!
await alarm.jsonl '"type":"alarm"'
sleep 1
check "LED while the alarm is raised" 1 "$(led 6)"
check "a line that is on when it is low, while its alarm is not raised" 1 "$(led 7)"
stop_java; wait $runner
check "exit status" 0 $?

echo; echo "## A run, a stop, another run"; echo
tier=4
agent run --profile vector.yaml --bundle fp32.adze --jsonl run.jsonl --metrics off >first.txt &
runner=$!
await run.jsonl '"slot":3[0-9]'
stop_java; wait $runner
check "exit status after SIGTERM" 0 $?
check "last line of the file" stop "$(tail -1 run.jsonl | sed 's/{"type":"\([a-z]*\)".*/\1/')"
agent run --profile native.yaml --bundle int8.adze --jsonl run.jsonl --metrics off --duration 10m >second.txt &
runner=$!
second() { sed '1,/"type":"stop"/d' run.jsonl; }
n=0; until second | grep -q '"type":"decision".*"unread":0,' || [ $n = 600 ]; do n=$((n + 1)); sleep 0.5; done
stop_java; wait $runner
check "exit status of the second run" 0 $?
check "runs in the file" 2 "$(grep -c '"type":"start"' run.jsonl)"
check "its first decision is warm" false "$(second | grep -m 1 '"type":"decision"' | sed 's/.*"warm":\([a-z]*\).*/\1/')"
check "and come to have a value of every channel" 0 "$(second | grep '"unread":0,' | head -1 | sed 's/.*"unread":\([0-9]*\).*/\1/')"
for n in first second; do echo; echo '```'; cat $n.txt; echo '```'; done

echo; echo "$passed passed, $failed failed"
[ $failed = 0 ]
