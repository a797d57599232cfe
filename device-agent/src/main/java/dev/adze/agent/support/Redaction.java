package dev.adze.agent.support;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes out of settings what nobody else should see: values of keys that sound like secrets, user and password in
 * addresses, everything after the host of a webhook, and the arguments of commands. Comments go, too. What stays is
 * what keys exist and how things are wired.
 */
public final class Redaction {
    static final String REMOVED = "(removed)";
    private static final List<String> SECRET = List.of("password", "passwd", "passphrase", "secret", "token", "credential",
            "username", "user", "api-key", "apikey", "private", "auth", "key");
    private static final Pattern USER_INFO = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)[^/@\\s]*@");
    private static final Pattern BEYOND_HOST = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://[^/?#\\s]+)[/?#]\\S+");
    private static final Pattern QUERY = Pattern.compile("(://[^?#\\s]+)[?#]\\S*");

    private Redaction() {}

    /** A copy without secrets. */
    public static JsonNode of(JsonNode node) {
        return redact("", node);
    }

    private static JsonNode redact(String key, JsonNode node) {
        String name = key.toLowerCase(Locale.ROOT).replace('_', '-');
        if (!name.isEmpty() && SECRET.stream().anyMatch(name::contains)) {
            return JsonMapper.shared().getNodeFactory().stringNode(REMOVED);
        }
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode copy = JsonMapper.shared().createObjectNode();
                object.properties().forEach(e -> copy.set(e.getKey(), redact(e.getKey(), e.getValue())));
                yield copy;
            }
            case ArrayNode array -> {
                ArrayNode copy = JsonMapper.shared().createArrayNode();
                for (int i = 0; i < array.size(); i++) {
                    boolean argument = name.equals("command") && i > 0;
                    copy.add(argument ? JsonMapper.shared().getNodeFactory().stringNode(REMOVED) : redact("", array.get(i)));
                }
                yield copy;
            }
            case JsonNode text when text.isString() -> JsonMapper.shared().getNodeFactory().stringNode(
                    name.equals("webhook") ? webhook(text.asString()) : address(text.asString()));
            default -> node;
        };
    }

    private static String webhook(String address) {
        return BEYOND_HOST.matcher(address(address)).replaceAll("$1/" + REMOVED);
    }

    /** Text without user and password, and without the query, of addresses in it. */
    public static String address(String text) {
        return QUERY.matcher(USER_INFO.matcher(text).replaceAll("$1")).replaceAll("$1");
    }
}
