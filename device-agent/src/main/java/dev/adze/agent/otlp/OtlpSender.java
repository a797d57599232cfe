package dev.adze.agent.otlp;

import dev.adze.agent.wire.TrustedAuthorities;
import dev.adze.profiles.OtlpOptions;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/** One push of OTLP over HTTP, as protobuf, and what becomes of it. */
final class OtlpSender implements AutoCloseable {
    /** The specification's: these may be sent again, all others must not. */
    private static final Set<Integer> LATER = Set.of(429, 502, 503, 504);
    private static final int MOST_ANSWER_BYTES = 1 << 16;
    private static final long MOST_PAUSE_MILLIS = 86_400_000;

    private final OtlpOptions options;
    private final long answerMillis;
    private final HttpClient client;

    /** @param answerMillis how long the collector may take for a whole answer */
    OtlpSender(OtlpOptions options, long answerMillis) {
        this.options = options;
        this.answerMillis = answerMillis;
        var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofMillis(answerMillis));
        options.caFile().ifPresent(file -> builder.sslContext(trusting(file)));
        client = builder.build();
    }

    sealed interface Outcome {}

    /** @param rejectedPoints of the request, left out by the collector */
    record Taken(long rejectedPoints, String message) implements Outcome {}

    /** However often it comes. */
    record Refused(String reason) implements Outcome {}

    /** @param pauseMillis that the collector asks for; 0 if it does not */
    record Later(long pauseMillis, String reason) implements Outcome {}

    private static SSLContext trusting(Path file) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, TrustedAuthorities.of(file, "reporting.otlp.ca-file").getTrustManagers(), new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Outcome send(byte[] body) throws InterruptedException {
        var request = HttpRequest.newBuilder(options.endpoint()).POST(BodyPublishers.ofByteArray(body));
        options.headers().forEach(request::setHeader);
        request.setHeader("Content-Type", "application/x-protobuf");
        var answer = client.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_ANSWER_BYTES));
        try {
            return outcome(answer.get(answerMillis, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return new Later(0, "no answer within " + answerMillis + " ms");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return new Later(0, cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
        } finally {
            answer.cancel(true);
        }
    }

    private static Outcome outcome(HttpResponse<byte[]> answer) {
        int code = answer.statusCode();
        if (code >= 200 && code < 300) {
            return OtlpAnswer.of(answer.body());
        }
        if (LATER.contains(code)) {
            return new Later(answer.headers().firstValue("Retry-After").map(t -> pauseMillis(t, Instant.now())).orElse(0L), "HTTP " + code);
        }
        return new Refused("HTTP " + code);
    }

    /** Seconds, or a date (RFC 9110, 10.2.3), at most a day; 0 if it is neither. */
    static long pauseMillis(String retryAfter, Instant now) {
        String text = retryAfter.strip();
        if (text.matches("[0-9]{1,9}")) {
            return Math.min(MOST_PAUSE_MILLIS, 1000 * Long.parseLong(text));
        }
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Math.clamp(Duration.between(now, until).toMillis(), 0, MOST_PAUSE_MILLIS);
        } catch (DateTimeParseException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
