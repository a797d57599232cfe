package dev.adze.agent.mqtt;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A connection to a broker, over its whole life: connected once, then lost or closed. */
interface MqttLink {
    /** Fails with {@link Failed}. The will is what the broker publishes, with QoS 1, if the connection is lost. */
    CompletableFuture<Void> connect(Message will);

    /**
     * Done when the broker has acknowledged the message, or, of one that it does not acknowledge, when it is on its way. Fails with
     * {@link Rejected} if the broker will never take it.
     */
    CompletableFuture<Void> publish(Message message);

    /** Hears what others publish, with QoS 1; the listener is called on a thread of the link's. */
    CompletableFuture<Void> subscribe(String topic, Consumer<byte[]> listener);

    /**
     * Done when the broker has received everything that was on its way before: asks it to end a subscription that there is not, which
     * it answers in turn. {@code topic} is one that nobody needs.
     */
    CompletableFuture<Void> reach(String topic);

    boolean isConnected();

    /** Says good-bye, with the will published or not; returns soon, whatever the broker does. */
    void close(boolean withWill);

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
