package dev.adze.agent.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrimaryHostTest {
    private final PrimaryHost host = new PrimaryHost("scada");

    private void hears(String text) {
        host.heard(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsOlderThanSomethingHeardCountsForNothing() {
        assertEquals("spBv1.0/STATE/scada", host.topic());
        assertFalse(host.isOnline());
        hears("{\"online\":true,\"timestamp\":5}");
        assertTrue(host.isOnline());
        hears("{\"online\":false,\"timestamp\":4}");
        assertTrue(host.isOnline());
        hears("{\"timestamp\":5,\"online\":false,\"more\":[1]}");
        assertFalse(host.isOnline(), "as old is new enough: a broker tells what it keeps again");
        hears("{\"online\":true,\"timestamp\":4}");
        assertFalse(host.isOnline());
        hears("{\"online\":true,\"timestamp\":1795247102499}");
        assertTrue(host.isOnline());
    }

    @Test
    void onANewConnectionItIsHeardOfAnewAndTheTimesStay() {
        hears("{\"online\":true,\"timestamp\":5}");
        host.forget();
        assertFalse(host.isOnline());
        hears("{\"online\":true,\"timestamp\":4}");
        assertFalse(host.isOnline());
        hears("{\"online\":true,\"timestamp\":5}");
        assertTrue(host.isOnline());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "OFFLINE", "{", "[]", "null", "{\"online\":false}", "{\"online\":\"false\",\"timestamp\":9}",
        "{\"online\":false,\"timestamp\":9.5}", "{\"online\":false,\"timestamp\":\"9\"}", "{\"online\":false,\"timestamp\":99999999999999999999}"})
    void whatIsOfAnotherFormIsNoNews(String text) {
        hears("{\"online\":true,\"timestamp\":5}");
        hears(text);
        assertTrue(host.isOnline());
    }

    @Test
    void bytesOfAnyKindAreSurvived() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        hears("{\"online\":true,\"timestamp\":5}");
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            host.heard(bytes);
            assertTrue(host.isOnline(), "seed " + seed);
        }
    }
}
