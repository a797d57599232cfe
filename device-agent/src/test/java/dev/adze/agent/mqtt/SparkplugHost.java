package dev.adze.agent.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.tahu.message.SparkplugBPayloadDecoder;
import org.eclipse.tahu.message.model.Metric;
import org.eclipse.tahu.message.model.MetricDataType;
import org.eclipse.tahu.message.model.SparkplugBPayload;
import org.eclipse.tahu.model.MetricDataTypeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A host application's view of one edge node, after chapters 5 and 6 of the Sparkplug 3.0 specification, with payloads read by
 * Eclipse Tahu: every message is held against the rules that a host relies on.
 */
final class SparkplugHost {
    record Value(String name, Object value, boolean historical, long time) {}

    private final String node;
    final List<Map<String, Metric>> births = new ArrayList<>();
    final List<Integer> deaths = new ArrayList<>();
    /** What a host has said of itself, as the broker passed it on between the node's messages. */
    final List<String> states = new ArrayList<>();
    final List<Value> data = new ArrayList<>();
    /** What the host shows as the present values. */
    final Map<String, Object> now = new LinkedHashMap<>();
    private final Map<Long, String> names = new HashMap<>();
    private final Map<String, Long> aliases = new HashMap<>();
    private MetricDataTypeMap types = new MetricDataTypeMap();
    int messages;
    int bdSeq = -1;
    private long sequence = -1;

    SparkplugHost(String node) {
        this.node = node;
    }

    void take(String topic, byte[] bytes, int qos, boolean retained) throws Exception {
        String[] levels = topic.split("/");
        assertEquals("spBv1.0", levels[0]);
        if (levels[1].equals("STATE")) {
            JsonNode state = JsonMapper.shared().readTree(bytes);
            states.add(state.get("online").asBoolean() + " " + state.get("timestamp").asLong());
            return;
        }
        assertEquals(node, levels[1] + "/" + levels[3]);
        assertFalse(retained);
        switch (levels[2]) {
            case "NBIRTH" -> birth(bytes, qos);
            case "NDATA" -> data(bytes, qos);
            case "NDEATH" -> death(bytes);
            case "NCMD" -> { }
            default -> throw new AssertionError(topic);
        }
        messages++;
    }

    private SparkplugBPayload decode(byte[] bytes) throws Exception {
        return new SparkplugBPayloadDecoder().buildFromByteArray(bytes, types);
    }

    private void birth(byte[] bytes, int qos) throws Exception {
        assertEquals(0, qos);
        types = new MetricDataTypeMap();
        SparkplugBPayload payload = decode(bytes);
        assertEquals(0, payload.getSeq());
        assertNotNull(payload.getTimestamp());
        sequence = 0;
        names.clear();
        aliases.clear();
        now.clear();
        var metrics = new LinkedHashMap<String, Metric>();
        for (Metric m : payload.getMetrics()) {
            assertNull(metrics.put(m.getName(), m), m.getName() + " twice");
            assertTrue(m.getDataType() != MetricDataType.Unknown, m.getName());
            assertNotNull(m.getTimestamp(), m.getName());
            assertTrue(m.isNull() == (m.getValue() == null), m.getName());
            now.put(m.getName(), m.getValue());
            types.addMetricDataType(m.getName(), m.getDataType());
            if (m.hasAlias()) {
                assertNull(names.put(m.getAlias(), m.getName()), "alias " + m.getAlias() + " twice");
                types.addMetricDataType(m.getAlias(), m.getDataType());
                aliases.put(m.getName(), m.getAlias());
            } else {
                assertEquals("Node Control/Rebirth", m.getName());
            }
        }
        assertEquals(false, metrics.get("Node Control/Rebirth").getValue());
        assertEquals(MetricDataType.Int64, metrics.get("bdSeq").getDataType());
        bdSeq = ((Number) metrics.get("bdSeq").getValue()).intValue();
        births.add(metrics);
    }

    private void data(byte[] bytes, int qos) throws Exception {
        assertEquals(0, qos);
        SparkplugBPayload payload = decode(bytes);
        sequence = (sequence + 1) % 256;
        assertEquals(sequence, payload.getSeq());
        assertNotNull(payload.getTimestamp());
        for (Metric m : payload.getMetrics()) {
            assertFalse(m.hasName());
            String name = names.get(m.getAlias());
            assertNotNull(name, "alias " + m.getAlias());
            boolean historical = Boolean.TRUE.equals(m.isHistorical());
            data.add(new Value(name, m.getValue(), historical, m.getTimestamp().getTime()));
            if (!historical) {
                assertFalse(Objects.equals(now.put(name, m.getValue()), m.getValue()), name + " has not changed");
            }
        }
    }

    private void death(byte[] bytes) throws Exception {
        SparkplugBPayload payload = decode(bytes);
        assertNull(payload.getSeq());
        assertEquals(1, payload.getMetrics().size());
        assertEquals("bdSeq", payload.getMetrics().getFirst().getName());
        int number = ((Number) payload.getMetrics().getFirst().getValue()).intValue();
        assertTrue(number >= 0 && number < 256);
        deaths.add(number);
    }

    List<Object> values(String name) {
        return data.stream().filter(v -> v.name().equals(name)).map(Value::value).toList();
    }
}
