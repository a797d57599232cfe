package dev.adze.agent.sensor.line;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Channels of whoever talks by himself, line by line: a thread listens, a reading takes the newest values at once. A value
 * older than the limit is missing. A program that ends, or a line that breaks, is begun again after 1, 2, 4, ... up to 60 s.
 */
final class LineGroup implements SensorGroup {
    private static final int LONGEST_LINE = 4096;
    private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
    private static final long MOST_PAUSE_NANOS = 60_000_000_000L;

    private final String name;
    private final List<ChannelInfo> channels;
    private final LineParser parser;
    private final LineSource.Opener opener;
    private final LongSupplier nanoClock;
    private final long staleNanos;
    private final ReadingBuffer latest;
    private final long[] toldNanos;
    private final String stale;
    private String reason = "no line yet";
    private Thread listener;
    private LineSource source;
    private boolean closed;

    LineGroup(String name, LineParser parser, LineSource.Opener opener, double staleSeconds, LongSupplier nanoClock) {
        this.name = name;
        this.parser = parser;
        this.opener = opener;
        this.nanoClock = nanoClock;
        channels = parser.channels().stream().map(c -> new ChannelInfo(name + "." + c.name(), c.unit())).toList();
        staleNanos = Math.round(staleSeconds * 1e9);
        stale = "no line about it for " + String.valueOf(staleSeconds).replaceAll("\\.0$", "") + " s";
        latest = new ReadingBuffer(channels.size());
        toldNanos = new long[channels.size()];
        for (int i = 0; i < channels.size(); i++) {
            latest.missing(i, "");
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<ChannelInfo> channels() {
        return channels;
    }

    @Override
    public synchronized void read(long dueNanos, ReadingBuffer out) {
        if (listener == null && !closed) {
            listener = Thread.ofPlatform().daemon().name("lines-" + name).start(this::listen);
        }
        long now = nanoClock.getAsLong();
        for (int i = 0; i < channels.size(); i++) {
            boolean told = latest.isOk(i) || latest.isInvalid(i) || !latest.get(i).obstacle().isEmpty();
            if (!told) {
                out.missing(i, reason);
            } else if (now - toldNanos[i] > staleNanos) {
                out.missing(i, source == null ? reason : stale);
            } else {
                out.copy(latest, i, i);
            }
        }
    }

    private void listen() {
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            boolean heard = false;
            try (LineSource opened = opener.open()) {
                synchronized (this) {
                    if (closed) {
                        return;
                    }
                    source = opened;
                    reason = "no line yet";
                }
                var line = new Line();
                byte[] bytes = new byte[LONGEST_LINE];
                while (true) {
                    int count = opened.read(bytes);
                    synchronized (this) {
                        if (closed) {
                            return;
                        }
                        for (int i = 0; i < count; i++) {
                            heard |= line.add(bytes[i]);
                        }
                    }
                }
            } catch (IOException e) {
                pause = heard ? FIRST_PAUSE_NANOS : pause;
                if (!rest(e.getMessage(), pause)) {
                    return;
                }
                pause = Math.min(2 * pause, MOST_PAUSE_NANOS);
            }
        }
    }

    /** @return whether to try again */
    private synchronized boolean rest(String why, long nanos) {
        source = null;
        reason = why;
        try {
            long end = System.nanoTime() + nanos;
            for (long left = nanos; left > 0 && !closed; left = end - System.nanoTime()) {
                wait(left / 1_000_000 + 1);
            }
        } catch (InterruptedException e) {
            return false;
        }
        return !closed;
    }

    /** Puts bytes together to lines; what is too long for one is no line. */
    private final class Line {
        private final byte[] bytes = new byte[LONGEST_LINE];
        private int length;
        private boolean tooLong;

        boolean add(byte b) {
            if (b != '\n' && b != '\r') {
                tooLong |= length == bytes.length;
                if (!tooLong) {
                    bytes[length++] = b;
                }
                return false;
            }
            boolean whole = length > 0 && !tooLong;
            if (whole) {
                long now = nanoClock.getAsLong();
                parser.parse(new String(bytes, 0, length, StandardCharsets.UTF_8), latest, i -> toldNanos[i] = now);
            }
            length = 0;
            tooLong = false;
            return whole;
        }
    }

    @Override
    public void close() {
        LineSource open;
        synchronized (this) {
            closed = true;
            open = source;
            notifyAll();
        }
        if (open != null) {
            open.close();
        }
    }
}
