package dev.adze.agent.mqtt;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** As much of an MQTT 5 broker as a publisher meets, after the standard's chapter 3, with faults to order. */
final class FakeBroker implements AutoCloseable {
    record Message(String topic, String payload, boolean retained) {}

    private final ServerSocket server;
    private final List<Socket> sockets = new ArrayList<>();
    final List<Message> published = new ArrayList<>();
    final List<Message> wills = new ArrayList<>();
    private final List<Runnable> heldAcknowledgements = new ArrayList<>();
    int connections;
    int mostWaiting;
    int goodByes;
    int connectReason;
    int publishReason;
    String refusedTopic = "none";
    int mostPacketBytes;
    int closeAfter = Integer.MAX_VALUE;
    boolean answersConnect = true;
    boolean acknowledges = true;
    boolean holds;

    /** @param port 0 for any free one */
    FakeBroker(int port) throws IOException {
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                synchronized (this) {
                    sockets.add(socket);
                }
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new DataInputStream(socket.getInputStream());
            int left = Integer.MAX_VALUE;
            while (true) {
                int type = in.readUnsignedByte();
                byte[] body = new byte[length(in)];
                in.readFully(body);
                synchronized (this) {
                    switch (type >> 4) {
                        case 1 -> {
                            left = closeAfter;
                            connect(socket, ByteBuffer.wrap(body));
                        }
                        case 3 -> {
                            publish(socket, type, ByteBuffer.wrap(body));
                            if (--left == 0) {
                                socket.close();
                            }
                        }
                        case 12 -> socket.getOutputStream().write(new byte[] {(byte) 0xD0, 0});
                        case 14 -> goodByes += body.length == 0 || body[0] == 0 ? 1 : 0;
                        default -> throw new IOException("packet " + type);
                    }
                    notifyAll();
                }
            }
        } catch (IOException e) {
            // The client is gone.
        }
    }

    private static int length(DataInputStream in) throws IOException {
        int length = 0;
        int shift = 0;
        int next;
        do {
            next = in.readUnsignedByte();
            length |= (next & 0x7F) << shift;
            shift += 7;
        } while (next >= 0x80);
        return length;
    }

    private static void skipProperties(ByteBuffer in) {
        // All that this client sends fit one byte of length.
        in.position(in.position() + 1 + in.get(in.position()));
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort() & 0xFFFF];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void connect(Socket socket, ByteBuffer in) throws IOException {
        connections++;
        if (!text(in).equals("MQTT") || in.get() != 5) {
            throw new IOException("not MQTT 5");
        }
        int flags = in.get();
        in.getShort();
        skipProperties(in);
        text(in);
        if ((flags & 4) != 0) {
            skipProperties(in);
            wills.add(new Message(text(in), text(in), (flags & 0x20) != 0));
        }
        if (!answersConnect) {
            return;
        }
        var properties = new ByteArrayOutputStream();
        if (mostPacketBytes > 0) {
            properties.write(0x27);
            properties.writeBytes(ByteBuffer.allocate(4).putInt(mostPacketBytes).array());
        }
        ByteBuffer out = ByteBuffer.allocate(64).put((byte) 0x20).put((byte) (3 + properties.size())).put((byte) 0)
                .put((byte) connectReason).put((byte) properties.size()).put(properties.toByteArray());
        socket.getOutputStream().write(out.array(), 0, out.position());
    }

    private void publish(Socket socket, int type, ByteBuffer in) throws IOException {
        String topic = text(in);
        short id = in.getShort();
        skipProperties(in);
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        int reason = topic.endsWith(refusedTopic) ? publishReason : 0;
        if (reason == 0) {
            published.add(new Message(topic, new String(payload, StandardCharsets.UTF_8), (type & 1) != 0));
        }
        Runnable acknowledge = () -> {
            try {
                socket.getOutputStream().write(ByteBuffer.allocate(5).put((byte) 0x40).put((byte) 3).putShort(id).put((byte) reason).array());
            } catch (IOException e) {
                // Gone.
            }
        };
        if (holds) {
            heldAcknowledgements.add(acknowledge);
            mostWaiting = Math.max(mostWaiting, heldAcknowledgements.size());
        } else if (acknowledges) {
            acknowledge.run();
        }
    }

    /** How many were waiting to be acknowledged. */
    synchronized int release() {
        int count = heldAcknowledgements.size();
        heldAcknowledgements.forEach(Runnable::run);
        heldAcknowledgements.clear();
        return count;
    }

    /** Changes an order. */
    synchronized void order(Runnable change) {
        change.run();
    }

    synchronized void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            wait();
        }
    }

    synchronized List<Message> on(String topic) {
        return published.stream().filter(m -> m.topic().equals(topic)).toList();
    }

    @Override
    public void close() throws IOException {
        server.close();
        synchronized (this) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
