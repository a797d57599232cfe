package dev.adze.agent.sensor.modbus;

import com.ghgande.j2mod.modbus.facade.AbstractModbusMaster;
import com.ghgande.j2mod.modbus.io.AbstractModbusTransport;
import com.ghgande.j2mod.modbus.io.ModbusRTUTransport;
import com.ghgande.j2mod.modbus.net.AbstractSerialConnection;
import dev.adze.agent.sensor.linux.SerialPort;
import dev.adze.profiles.SensorDevice.Link;
import java.io.IOException;
import java.util.Set;

/** j2mod's master over our own serial port: its own brings a native library. */
final class RtuMaster extends AbstractModbusMaster {
    private final Connection connection;
    private final ModbusRTUTransport transport = new ModbusRTUTransport();

    RtuMaster(Link.Serial link, int timeoutMillis) {
        connection = new Connection(link);
        connection.setTimeout(timeoutMillis);
    }

    @Override
    public void connect() throws IOException {
        connection.open();
        transport.setCommPort(connection);
        transport.setTimeout(connection.getTimeout());
        setTransaction(transport.createTransaction());
    }

    @Override
    public void disconnect() {
        connection.close();
    }

    @Override
    public AbstractModbusTransport getTransport() {
        return transport;
    }

    @Override
    public boolean isConnected() {
        return connection.isOpen();
    }

    private final class Connection extends AbstractSerialConnection {
        private final Link.Serial link;
        private final byte[] ahead = new byte[512];
        private int aheadFrom;
        private int aheadTo;
        private SerialPort port;
        private int timeoutMillis;

        Connection(Link.Serial link) {
            this.link = link;
        }

        @Override
        public void open() throws IOException {
            if (port == null) {
                port = new SerialPort(link);
                aheadFrom = 0;
                aheadTo = 0;
            }
        }

        @Override
        public AbstractModbusTransport getModbusTransport() {
            return transport;
        }

        /** As many bytes as asked for, unless the time is over. */
        @Override
        public int readBytes(byte[] into, int wanted) {
            long end = System.nanoTime() + timeoutMillis * 1_000_000L;
            int count = 0;
            while (count < wanted) {
                if (aheadFrom == aheadTo && !fill((int) Math.max(0, (end - System.nanoTime()) / 1_000_000))) {
                    return count;
                }
                into[count++] = ahead[aheadFrom++];
            }
            return count;
        }

        private boolean fill(int waitMillis) {
            try {
                aheadFrom = 0;
                aheadTo = port == null ? 0 : port.read(ahead, 0, ahead.length, waitMillis);
            } catch (IOException e) {
                aheadTo = 0;
                close();
            }
            return aheadTo > 0;
        }

        @Override
        public int writeBytes(byte[] from, int length) {
            try {
                port.write(from, length);
                return length;
            } catch (IOException | NullPointerException e) {
                close();
                return -1;
            }
        }

        @Override
        public int bytesAvailable() {
            if (aheadFrom == aheadTo) {
                fill(0);
            }
            return aheadTo - aheadFrom;
        }

        @Override
        public void close() {
            if (port != null) {
                port.close();
                port = null;
            }
        }

        @Override
        public int getBaudRate() {
            return link.baud();
        }

        @Override
        public int getNumDataBits() {
            return 8;
        }

        @Override
        public int getNumStopBits() {
            return link.stopBits();
        }

        @Override
        public int getParity() {
            return switch (link.parity()) {
                case NONE -> NO_PARITY;
                case EVEN -> EVEN_PARITY;
                case ODD -> ODD_PARITY;
            };
        }

        @Override
        public String getPortName() {
            return link.device();
        }

        @Override
        public String getDescriptivePortName() {
            return link.device();
        }

        @Override
        public void setComPortTimeouts(int mode, int readMillis, int writeMillis) {
            // The one time limit of setTimeout is for all.
        }

        @Override
        public boolean isOpen() {
            return port != null;
        }

        @Override
        public int getTimeout() {
            return timeoutMillis;
        }

        @Override
        public void setTimeout(int millis) {
            timeoutMillis = millis;
        }

        @Override
        public Set<String> getCommPorts() {
            return Set.of(link.device());
        }
    }
}
