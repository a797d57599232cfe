package dev.adze.agent.sensor.talk;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Channels of whoever talks by himself, in lines or frames: a thread listens, a reading takes the newest values at once. A
 * value older than the limit is missing. A talker that ends or breaks is begun again after 1, 2, 4, ... up to 60 s.
 */
public final class TalkerGroup implements SensorGroup {
    private static final int MOST_AT_ONCE = 4096;
    private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
    private static final long MOST_PAUSE_NANOS = 60_000_000_000L;

    private final String name;
    private final List<ChannelInfo> channels;
    private final Supplier<Hearing> hearings;
    private final TalkerSource.Opener opener;
    private final LongSupplier nanoClock;
    private final long staleNanos;
    private final ReadingBuffer latest;
    private final long[] toldNanos;
    private final String stale;
    private final String silent;
    private String reason;
    private Thread listener;
    private TalkerSource source;
    private boolean closed;

    /**
     * @param name     of the device
     * @param heard    its channels, under its own names
     * @param hearings makes what understands it
     * @param word     what it speaks in, for reasons: {@code line} or {@code frame}
     */
    public TalkerGroup(String name, List<ChannelInfo> heard, Supplier<Hearing> hearings, TalkerSource.Opener opener, String word,
            double staleSeconds, LongSupplier nanoClock) {
        this.name = name;
        this.hearings = hearings;
        this.opener = opener;
        this.nanoClock = nanoClock;
        channels = heard.stream().map(c -> new ChannelInfo(name + "." + c.name(), c.unit())).toList();
        staleNanos = Math.round(staleSeconds * 1e9);
        silent = "no " + word + " yet";
        reason = silent;
        stale = "no " + word + " about it for " + String.valueOf(staleSeconds).replaceAll("\\.0$", "") + " s";
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
            listener = Thread.ofPlatform().daemon().name("talker-" + name).start(this::listen);
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
            try (TalkerSource opened = opener.open()) {
                synchronized (this) {
                    if (closed) {
                        return;
                    }
                    source = opened;
                    reason = silent;
                }
                Hearing hearing = hearings.get();
                byte[] bytes = new byte[MOST_AT_ONCE];
                while (true) {
                    int count = opened.read(bytes);
                    synchronized (this) {
                        if (closed) {
                            return;
                        }
                        long now = nanoClock.getAsLong();
                        heard |= hearing.hear(bytes, count, latest, i -> toldNanos[i] = now);
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

    @Override
    public void close() {
        TalkerSource open;
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
