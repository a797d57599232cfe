package dev.adze.agent.mqtt;

import com.hivemq.client.mqtt.MqttClientState;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttEncodeException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import dev.adze.profiles.MqttOptions;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** MQTT 5 by the HiveMQ client; the only class that knows it, so that it loads only when a profile names a broker. */
final class HiveMqttLink implements MqttLink {
    private static final long CONNECT_SECONDS = 10;
    private static final long CLOSE_MILLIS = 2_000;

    private final Mqtt5AsyncClient client;
    private final MqttOptions options;

    HiveMqttLink(MqttOptions options) {
        this.options = options;
        Mqtt5ClientBuilder builder = Mqtt5Client.builder().identifier(options.clientId());
        var transport = builder.transportConfig().serverHost(options.server().getHost()).serverPort(options.port())
                .socketConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS).mqttConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS);
        if (options.tls()) {
            MqttTls tls = MqttTls.of(options);
            transport = transport.sslConfig().trustManagerFactory(tls.trust()).keyManagerFactory(tls.keys())
                    .handshakeTimeout(CONNECT_SECONDS, TimeUnit.SECONDS).applySslConfig();
        }
        builder = transport.applyTransportConfig();
        if (options.username().isPresent()) {
            var auth = builder.simpleAuth().username(options.username().get());
            builder = (options.passwordFile().isPresent() ? auth.password(MqttTls.password(options.passwordFile().get())) : auth)
                    .applySimpleAuth();
        }
        // One thread carries all that this client does.
        client = builder.executorConfig().nettyThreads(1).applyExecutorConfig().buildAsync();
    }

    @Override
    public CompletableFuture<Void> connect(Message will) {
        // What was not acknowledged is sent again from the log: the broker need not keep a session.
        return client.connectWith().cleanStart(true).sessionExpiryInterval(0).keepAlive(options.keepAliveSeconds())
                .restrictions().sendMaximum(options.inFlight()).applyRestrictions()
                .willPublish().topic(will.topic()).qos(MqttQos.AT_LEAST_ONCE).retain(will.retained()).payload(will.payload()).applyWillPublish()
                .send().handle((ack, failure) -> orFailed(failure));
    }

    private static Void orFailed(Throwable failure) {
        if (failure != null) {
            throw new Failed(message(failure), failure);
        }
        return null;
    }

    @Override
    public CompletableFuture<Void> subscribe(String topic, Consumer<byte[]> listener) {
        return client.subscribeWith().topicFilter(topic).qos(MqttQos.AT_LEAST_ONCE)
                .callback(publish -> listener.accept(publish.getPayloadAsBytes())).send().handle((ack, failure) -> orFailed(failure));
    }

    @Override
    public CompletableFuture<Void> reach(String topic) {
        return client.unsubscribeWith().topicFilter(topic).send().handle((ack, failure) -> orFailed(failure));
    }

    private static String message(Throwable failure) {
        if (failure instanceof Mqtt5ConnAckException refused) {
            Mqtt5ConnAckReasonCode code = refused.getMqttMessage().getReasonCode();
            return "the broker refuses the connection: " + words(code);
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static String words(Enum<?> code) {
        return code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public CompletableFuture<Void> publish(Message message) {
        return client.publishWith().topic(message.topic()).qos(message.acknowledged() ? MqttQos.AT_LEAST_ONCE : MqttQos.AT_MOST_ONCE)
                .retain(message.retained()).payload(message.payload()).send()
                .handle((result, failure) -> {
                    Throwable problem = failure != null ? failure : result.getError().orElse(null);
                    if (problem == null) {
                        return null;
                    }
                    if (problem instanceof MqttEncodeException) {
                        throw new Rejected("larger than the broker takes");
                    }
                    if (problem instanceof Mqtt5PubAckException refused) {
                        Mqtt5PubAckReasonCode code = refused.getMqttMessage().getReasonCode();
                        if (code == Mqtt5PubAckReasonCode.TOPIC_NAME_INVALID || code == Mqtt5PubAckReasonCode.PAYLOAD_FORMAT_INVALID) {
                            throw new Rejected("refused by the broker: " + words(code));
                        }
                        throw new Failed("the broker refuses reports: " + words(code), problem);
                    }
                    throw new Failed(message(problem), problem);
                });
    }

    @Override
    public boolean isConnected() {
        return client.getState() == MqttClientState.CONNECTED;
    }

    @Override
    public void close(boolean withWill) {
        try {
            client.disconnectWith().reasonCode(withWill ? Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE
                    : Mqtt5DisconnectReasonCode.NORMAL_DISCONNECTION).send().get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // It is gone, or takes nothing: it will find out by itself.
        }
    }

    @Override
    public void abort() {
        // The nearest that the client has: it closes the socket behind it, whether or not anybody reads it.
        client.disconnectWith().reasonCode(Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE).send();
    }
}
