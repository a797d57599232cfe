package dev.adze.agent.mqtt;

import java.util.concurrent.CompletableFuture;

/** A connection to a broker, over its whole life: connected once, then lost or closed. */
interface MqttLink {
    /**
     * Fails with {@link Failed}. The will is what the broker publishes, retained, if the connection is lost.
     */
    CompletableFuture<Void> connect(String willTopic, byte[] will);

    /** Publishes with QoS 1; done when the broker has acknowledged it. Fails with {@link Rejected} if it never will. */
    CompletableFuture<Void> publish(String topic, byte[] payload, boolean retained);

    boolean isConnected();

    /** Says good-bye, so that the will is not published; returns soon, whatever the broker does. */
    void close();

    /** Cuts the connection without a word. */
    void abort();

    /** This message will not be accepted, however often it comes; others may. */
    final class Rejected extends RuntimeException {
        private static final long serialVersionUID = 1;

        Rejected(String message) {
            super(message);
        }
    }

    /** The connection is of no use any more. The message is for people. */
    final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
