package dev.adze.compress.report;

import dev.adze.compress.report.chart.ChartStyle;
import dev.adze.compress.report.chart.Xml;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The shell of a page: head, style, script. Nothing is loaded from elsewhere, and the content security policy says so
 * to the browser: only the script below may run, named by its hash, so no text of a recording can become code.
 */
final class Page {
    private Page() {}

    static String of(String title, String subtitle, String body) {
        String script = resource("page.js");
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                + "style-src 'unsafe-inline'; script-src 'sha256-" + sha256(script) + "'; base-uri 'none'; "
                + "form-action 'none'\"/>\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                + "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                + "<title>" + Xml.escape(title) + "</title>\n"
                + "<style>\n" + ChartStyle.variables() + ChartStyle.rules() + resource("page.css") + "</style>\n"
                + "</head>\n<body>\n<header>\n<button id=\"theme\" type=\"button\" hidden=\"hidden\">Light / dark</button>\n"
                + "<h1>" + Xml.escape(title) + "</h1>\n"
                + (subtitle.isBlank() ? "" : "<p class=\"subtitle\">" + Xml.escape(subtitle) + "</p>\n")
                + "</header>\n<main>\n" + body + "</main>\n"
                + "<script>" + script + "</script>\n</body>\n</html>\n";
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource missing from the jar: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
