package dev.adze.agent.mqtt;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Eclipse Mosquitto, if it is installed: a broker that is not ours, on the loopback. */
final class Mosquitto implements AutoCloseable {
    private final Process process;
    final int port;

    private Mosquitto(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Optional<Path> program(String name) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, name)).filter(Files::isExecutable).findFirst();
    }

    /** @param settings lines of mosquitto.conf for the listener */
    static Mosquitto start(Path folder, String settings) throws IOException, InterruptedException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = free.getLocalPort();
            free.close();
            return start(folder, settings, port);
        }
    }

    static Mosquitto start(Path folder, String settings, int port) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("mosquitto.conf"), "listener " + port + " 127.0.0.1\npersistence false\nuser " + System.getProperty("user.name") + "\n" + settings + "\n");
        Process process = new ProcessBuilder(List.of(program("mosquitto").orElseThrow().toString(), "-c", file.toString()))
                .redirectErrorStream(true).redirectOutput(folder.resolve("mosquitto.log").toFile()).start();
        while (true) {
            try (var probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return new Mosquitto(process, port);
            } catch (IOException e) {
                if (!process.isAlive()) {
                    throw new IOException("mosquitto ended: " + Files.readString(folder.resolve("mosquitto.log")));
                }
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
