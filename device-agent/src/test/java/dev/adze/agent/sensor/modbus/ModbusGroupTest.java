package dev.adze.agent.sensor.modbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.ghgande.j2mod.modbus.procimg.SimpleDigitalIn;
import com.ghgande.j2mod.modbus.procimg.SimpleDigitalOut;
import com.ghgande.j2mod.modbus.procimg.SimpleInputRegister;
import com.ghgande.j2mod.modbus.procimg.SimpleProcessImage;
import com.ghgande.j2mod.modbus.procimg.SimpleRegister;
import com.ghgande.j2mod.modbus.slave.ModbusSlave;
import com.ghgande.j2mod.modbus.slave.ModbusSlaveFactory;
import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.device.ProfileDevices;
import dev.adze.profiles.ProfileReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ModbusGroupTest {
    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static ModbusSlave serve(int port) throws Exception {
        ModbusSlave slave = ModbusSlaveFactory.createTCPSlave(InetAddress.getLoopbackAddress(), port, 2, false);
        var image = new SimpleProcessImage(3);
        image.addDigitalOut(new SimpleDigitalOut(false));
        image.addDigitalOut(new SimpleDigitalOut(true));
        image.addDigitalIn(new SimpleDigitalIn(true));
        image.addInputRegister(new SimpleInputRegister(0xfff6));
        int pi = Float.floatToIntBits((float) Math.PI);
        image.addRegister(new SimpleRegister(pi >>> 16));
        image.addRegister(new SimpleRegister(pi & 0xffff));
        image.addRegister(new SimpleRegister(1));
        image.addRegister(new SimpleRegister(2));
        slave.addProcessImage(3, image);
        slave.open();
        return slave;
    }

    @Test
    void everyTableAndTypeIsReadOverTcpOnceTheDeviceIsThere() throws Exception {
        int port = freePort();
        String yaml = """
                adze-profile: 1
                name: bench
                device: {board: bench}
                sensors:
                  rate-hz: 1
                  devices:
                    plc:
                      driver: modbus-tcp
                      host: 127.0.0.1
                      port: %d
                      unit-id: 3
                      inputs:
                        - {name: coil, from: "coil:1"}
                        - {name: door, from: "discrete:0"}
                        - {name: cold, from: "input:0", type: s16, scale: 0.1}
                        - {name: raw, from: "input:0"}
                        - {name: pi, from: "holding:0", type: f32}
                        - {name: big, from: "holding:2", type: u32}
                        - {name: swapped, from: "holding:2", type: u32-low-first}
                        - {name: absent, from: "holding:400"}
                """.formatted(port);
        var group = ProfileDevices.groups(ProfileReader.parse("p.yaml", yaml.getBytes(StandardCharsets.UTF_8), Path.of(""))
                .sensors().devices(), System::nanoTime).getFirst();
        var out = new ReadingBuffer(group.channels().size());
        group.read(0, out);
        assertEquals(new Reading.Missing("the device does not answer"), out.get(0), "nobody listens yet");
        ModbusSlave slave = serve(port);
        try {
            group.read(0, out);
            assertEquals(new Reading.Ok(1), out.get(0));
            assertEquals(new Reading.Ok(1), out.get(1));
            assertEquals(-1, out.value(2), 1e-12);
            assertEquals(new Reading.Ok(65526), out.get(3));
            assertEquals(new Reading.Ok((float) Math.PI), out.get(4));
            assertEquals(new Reading.Ok(65538), out.get(5));
            assertEquals(new Reading.Ok(131073), out.get(6));
            assertInstanceOf(Reading.Invalid.class, out.get(7));
        } finally {
            group.close();
            slave.close();
        }
    }
}
