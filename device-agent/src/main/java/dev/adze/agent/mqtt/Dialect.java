package dev.adze.agent.mqtt;

import dev.adze.agent.forward.ForwardLog.Numbered;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What an agent says to a broker, and how: topics, payloads, what goes first and last. Called on the sender's thread alone,
 * for one connection at a time. The futures are done when the broker has what was sent, and fail as those of the link.
 */
interface Dialect {
    /** Of a connection that is about to be made: the broker publishes it if the connection is lost. */
    Message will();

    /** Says that the agent is there, on a new connection. */
    CompletableFuture<Void> begin(MqttLink link);

    CompletableFuture<Void> send(MqttLink link, Numbered report);

    /** Tells of reports {@code from} to {@code to} that never come. */
    CompletableFuture<Void> gap(MqttLink link, long from, long to, String reason);

    /** Sees to it that the futures of what was sent come to an end: they are waited for now. */
    default void flush(MqttLink link) {}

    /** Answers what the broker has brought, between two reports and twice a second. */
    default CompletableFuture<Void> tend(MqttLink link) {
        return CompletableFuture.completedFuture(null);
    }

    /** What reports wait for although there is a connection, for people; empty where nothing is in their way. */
    default Optional<String> awaited() {
        return Optional.empty();
    }

    /** Whether this connection is to be ended, as at the end of a run, and another one made. */
    default boolean isOver() {
        return false;
    }

    /** Says that the agent stops. */
    CompletableFuture<Void> end(MqttLink link);

    /** Whether the broker is to publish the will after a good-bye, too. */
    default boolean endsWithWill() {
        return false;
    }
}
