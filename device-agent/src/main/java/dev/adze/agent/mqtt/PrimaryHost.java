package dev.adze.agent.mqtt;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Sparkplug host application that an edge node waits for, by what it says of itself: a retained message on
 * {@code spBv1.0/STATE/ID}, {@code {"online":true,"timestamp":1795247102499}} (Sparkplug 3.0, chapters 5.4 and 6.4). What is older
 * than something heard before counts for nothing, so that a will of an earlier connection, which comes late, ends no newer one.
 * Thread-safe.
 */
final class PrimaryHost {
    private final String id;
    private long newest = Long.MIN_VALUE;
    private boolean online;

    PrimaryHost(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    String topic() {
        return "spBv1.0/STATE/" + id;
    }

    /** On a new connection it has to be heard of anew; the times of before still count. */
    synchronized void forget() {
        online = false;
    }

    /** A message on its topic; one of another form is no news. */
    void heard(byte[] payload) {
        try {
            JsonNode state = JsonMapper.shared().readTree(payload);
            if (state.path("online").isBoolean() && state.path("timestamp").isIntegralNumber() && state.path("timestamp").canConvertToLong()) {
                heard(state.path("online").asBoolean(), state.path("timestamp").asLong());
            }
        } catch (JacksonException e) {
            // Not from a host of this version.
        }
    }

    private synchronized void heard(boolean nowOnline, long timestamp) {
        if (timestamp >= newest) {
            newest = timestamp;
            online = nowOnline;
        }
    }

    synchronized boolean isOnline() {
        return online;
    }
}
