package dev.adze.agent.sensor.modbus;

import com.ghgande.j2mod.modbus.ModbusException;
import com.ghgande.j2mod.modbus.ModbusIOException;
import com.ghgande.j2mod.modbus.ModbusSlaveException;
import com.ghgande.j2mod.modbus.facade.AbstractModbusMaster;
import com.ghgande.j2mod.modbus.facade.ModbusTCPMaster;
import com.ghgande.j2mod.modbus.procimg.InputRegister;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.chip.LinearInput;
import dev.adze.agent.sensor.linux.DeviceError;
import dev.adze.profiles.SensorDevice;
import dev.adze.profiles.SensorDevice.Input;
import dev.adze.profiles.SensorDevice.Link;
import java.util.List;
import java.util.function.Supplier;

/**
 * Coils, discrete inputs, input and holding registers of one Modbus device, over TCP or a serial line (RTU), one request
 * an input. Addresses count from 0 as on the wire (Modbus Application Protocol 1.1b3, section 4.4). A request that the
 * device refuses costs its channel; one that is not answered costs the rest of the reading.
 */
public final class ModbusGroup implements SensorGroup {
    /** A device that has not answered by then will not; the group's own deadline is shorter for most. */
    private static final int TIMEOUT_MILLIS = 1_000;

    private final String name;
    private final List<ChannelInfo> channels;
    private final List<Point> points;
    private final int unit;
    private final Supplier<AbstractModbusMaster> masters;
    private AbstractModbusMaster master;

    private record Point(String table, int address, String type, LinearInput linear) {
        static Point of(Input input) {
            String[] from = input.from().split(":");
            return new Point(from[0], Integer.parseInt(from[1]), input.type().isEmpty() ? "u16" : input.type(), new LinearInput(input));
        }

        int registers() {
            return type.endsWith("16") ? 1 : 2;
        }
    }

    private ModbusGroup(SensorDevice device, Supplier<AbstractModbusMaster> masters) {
        name = device.name();
        channels = device.inputs().stream().map(i -> new ChannelInfo(name + "." + i.name(), i.unit())).toList();
        points = device.inputs().stream().map(Point::of).toList();
        unit = (int) device.setting("unit-id");
        this.masters = masters;
    }

    public static SensorGroup of(SensorDevice device, Link.Tcp link) {
        return new ModbusGroup(device, () -> new ModbusTCPMaster(link.host(), link.port(), TIMEOUT_MILLIS, false));
    }

    public static SensorGroup of(SensorDevice device, Link.Serial link) {
        return new ModbusGroup(device, () -> new RtuMaster(link, TIMEOUT_MILLIS));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<ChannelInfo> channels() {
        return channels;
    }

    @Override
    public void read(long dueNanos, ReadingBuffer out) {
        out.missAll("the device does not answer");
        try {
            if (master == null) {
                AbstractModbusMaster made = masters.get();
                made.setRetries(0);
                made.connect();
                master = made;
            }
            for (int i = 0; i < points.size(); i++) {
                read(points.get(i), out, i);
            }
        } catch (Exception e) {
            // j2mod declares no more than Exception; the connection is made anew at the next reading.
            DeviceError error = DeviceError.of(e);
            if (error != null) {
                out.missAll(error.reason());
            }
            close();
        }
    }

    private void read(Point point, ReadingBuffer out, int channel) throws ModbusException {
        try {
            switch (point.table()) {
                case "coil" -> point.linear().set(master.readCoils(unit, point.address(), 1).getBit(0) ? 1 : 0, out, channel);
                case "discrete" -> point.linear().set(master.readInputDiscretes(unit, point.address(), 1).getBit(0) ? 1 : 0, out, channel);
                case "input" -> set(point, master.readInputRegisters(unit, point.address(), point.registers()), out, channel);
                default -> set(point, master.readMultipleRegisters(unit, point.address(), point.registers()), out, channel);
            }
        } catch (ModbusIOException e) {
            throw e;
        } catch (ModbusSlaveException e) {
            out.invalid(channel, "the device refuses the request");
        }
    }

    private static void set(Point point, InputRegister[] registers, ReadingBuffer out, int channel) {
        if (registers.length != point.registers()) {
            out.invalid(channel, "the device gives too few registers");
            return;
        }
        point.linear().set(decode(point.type(), registers), out, channel);
    }

    private static double decode(String type, InputRegister[] registers) {
        int first = registers[0].toUnsignedShort();
        if (registers.length == 1) {
            return type.equals("s16") ? (short) first : first;
        }
        int second = registers[1].toUnsignedShort();
        int word = type.endsWith("-low-first") ? second << 16 | first : first << 16 | second;
        return switch (type.charAt(0)) {
            case 'u' -> Integer.toUnsignedLong(word);
            case 's' -> word;
            default -> Float.intBitsToFloat(word);
        };
    }

    @Override
    public void close() {
        if (master != null) {
            master.disconnect();
            master = null;
        }
    }
}
