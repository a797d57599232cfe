package dev.adze.agent.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RedactionTest {
    private static String redacted(String json) {
        return Redaction.of(JsonMapper.shared().readTree(json)).toString();
    }

    @Test
    void secretsGoAndTheRestStays() {
        assertEquals("{\"mqtt\":{\"host\":\"broker\",\"port\":8883,\"password\":\"(removed)\",\"user-name\":\"(removed)\",\"tls\":{\"keystore\":\"(removed)\"}}}",
                redacted("{\"mqtt\":{\"host\":\"broker\",\"port\":8883,\"password\":\"x\",\"user-name\":\"u\",\"tls\":{\"keystore\":{\"a\":1}}}}"));
        assertEquals("{\"command\":[\"stop\",\"(removed)\"],\"rate\":1.5,\"on\":true,\"none\":null}",
                redacted("{\"command\":[\"stop\",\"s3\"],\"rate\":1.5,\"on\":true,\"none\":null}"));
        assertEquals("{\"url\":\"mqtts://host:1/a\",\"webhook\":\"https://h/(removed)\"}",
                redacted("{\"url\":\"mqtts://u:p@host:1/a?token=1\",\"webhook\":\"https://u@h/x/y?z\"}"));
    }
}
