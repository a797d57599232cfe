package dev.adze.agent.forward;

import dev.adze.agent.forward.SegmentFormat.Entry;
import dev.adze.agent.forward.SegmentFormat.Header;
import dev.adze.agent.state.StateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps reports until a receiver has them: an append-only log in segments, checksummed, bounded in bytes, in the files of
 * one folder (docs/forward-log-format.md).
 *
 * <p>Every report gets a number, counted from 1 for the life of the log and never given twice to anything that was handed
 * out. {@link #append} returns when its reports survive a power cut; only such are read. Delivery is at least once: what
 * was acknowledged shortly before a cut may be read again. What is lost keeps its number, so that the receiver sees a gap:
 * the oldest segment when the log is full, and reports that the disk does not take. Thread-safe.
 */
public final class ForwardLog {
    private static final int LEAST_SEGMENT = 1 << 13;
    private static final int MOST_SEGMENT = 1 << 20;
    /** A file takes at least this much of a disk, and so much of the bound. */
    private static final int BLOCK = 4096;
    private static final String ASIDE = "segment.new";

    private final StateFiles files;
    private final long mostBytes;
    private final int segmentBytes;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private long log;
    private long next = 1;
    private long acknowledged;
    private long acknowledgedOnDisk;
    private boolean writable;
    private long unstored;
    private long evicted;
    private Segment readSegment;
    private long readNumber;
    private long readOffset;

    /** Reports {@code first} to {@code last}; none if last is less. */
    private static final class Segment {
        final Header header;
        final String name;
        long last;
        long bytes;

        Segment(Header header, long last, long bytes) {
            this.header = header;
            this.name = SegmentFormat.name(header.first());
            this.last = last;
            this.bytes = bytes;
        }

        long first() {
            return header.first();
        }

        long occupied() {
            return Math.max(BLOCK, bytes);
        }
    }

    /** A report and its number. */
    public record Numbered(long number, Report report) {}

    /**
     * What comes next for the receiver.
     *
     * @param lostFrom number of the first report that is gone; those from here to {@code lostTo} come before {@code reports}
     * @param lostTo   less than {@code lostFrom} if none is
     * @param reports  in order, without gaps
     */
    public record Batch(long lostFrom, long lostTo, List<Numbered> reports) {
        public boolean isEmpty() {
            return reports.isEmpty() && lostTo < lostFrom;
        }
    }

    /**
     * What has become of the reports.
     *
     * @param last         number of the newest report
     * @param acknowledged all up to this number are delivered or known to be lost
     * @param evicted      deleted undelivered because the log was full, since it was opened
     * @param unstored     not taken by the disk, since it was opened
     * @param bytes        on the disk
     */
    public record Status(long last, long acknowledged, long evicted, long unstored, long bytes) {}

    private ForwardLog(StateFiles files, long mostBytes) {
        this.files = files;
        this.mostBytes = mostBytes;
        this.segmentBytes = (int) Math.clamp(mostBytes / 8, LEAST_SEGMENT, MOST_SEGMENT);
    }

    /**
     * Opens a folder's log, or begins one. A disk that cannot be written at the moment is no error: the log tries again
     * at every append.
     *
     * @param mostBytes  at least 64 KiB
     * @param identities where the identity of a new log comes from, a random number
     * @throws IOException if the folder cannot be read
     */
    public static ForwardLog open(StateFiles files, long mostBytes, LongSupplier identities) throws IOException {
        if (mostBytes < 8 * LEAST_SEGMENT) {
            throw new IllegalArgumentException(mostBytes + " bytes are too few for a log");
        }
        var log = new ForwardLog(files, mostBytes);
        log.recover(identities);
        return log;
    }

    private void recover(LongSupplier identities) throws IOException {
        List<Segment> found = new ArrayList<>();
        List<String> damaged = new ArrayList<>();
        boolean whole = false;
        for (String name : files.names().stream().filter(SegmentFormat::isSegment).sorted().toList()) {
            byte[] content = files.read(name).orElse(new byte[0]);
            Optional<Header> header = SegmentFormat.header(content).filter(h -> SegmentFormat.name(h.first()).equals(name));
            if (header.isEmpty()) {
                damaged.add(name);
                continue;
            }
            ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).position(SegmentFormat.HEADER_BYTES);
            var segment = new Segment(header.get(), header.get().first() - 1, content.length);
            acknowledged = Math.max(acknowledged, header.get().acknowledged());
            Optional<Entry> entry;
            while ((entry = SegmentFormat.next(in, header.get().checksum())).isPresent()) {
                if (entry.get().type() == SegmentFormat.REPORT && entry.get().number() == segment.last + 1) {
                    segment.last++;
                } else if (entry.get().type() == SegmentFormat.ACKNOWLEDGED) {
                    acknowledged = Math.max(acknowledged, entry.get().number());
                }
            }
            whole = !in.hasRemaining();
            found.add(segment);
        }
        if (found.isEmpty()) {
            log = identities.getAsLong();
            return;
        }
        log = found.getLast().header.log();
        for (Segment segment : found) {
            if (segment.header.log() == log) {
                // A report stored again in the next segment, as the sync of this one failed, counts there.
                if (!segments.isEmpty()) {
                    segments.getLast().last = Math.min(segments.getLast().last, segment.first() - 1);
                }
                segments.add(segment);
            }
        }
        acknowledgedOnDisk = acknowledged;
        next = Math.max(acknowledged, segments.getLast().last) + 1;
        try {
            // After a crash without a power cut, what was read may not be on the disk yet.
            files.sync(segments.getLast().name);
            writable = whole && next == segments.getLast().last + 1;
            trim();
            for (String name : damaged) {
                files.delete(name);
            }
        } catch (IOException e) {
            writable = false;
        }
    }

    /** Identity of this log: numbers of different logs have nothing to do with each other. */
    public synchronized long identity() {
        return log;
    }

    /**
     * Stores reports, and the newest acknowledgement. What the disk does not take is counted, not thrown.
     *
     * @return how many were stored: all or none
     */
    public synchronized int append(List<Report> reports) {
        List<Report> batch = new ArrayList<>();
        int stored = 0;
        int bytes = 0;
        for (Report report : reports) {
            int size = SegmentFormat.bytes(report);
            if (size > segmentBytes / 2 || bytes + size > segmentBytes / 2) {
                stored += store(batch, bytes);
                batch.clear();
                bytes = 0;
            }
            if (size > segmentBytes / 2) {
                skip(1);
            } else {
                batch.add(report);
                bytes += size;
            }
        }
        stored += store(batch, bytes);
        notifyAll();
        return stored;
    }

    /** Gives numbers to reports that are lost before they could be stored, so that the receiver sees the gap. */
    public synchronized void skip(long lost) {
        unstored += lost;
        next += lost;
        // The numbers are nobody's, so another segment begins behind them.
        writable &= lost == 0;
    }

    private int store(List<Report> batch, int bytes) {
        if (batch.isEmpty()) {
            return 0;
        }
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                int room = bytes + 2 * SegmentFormat.ACKNOWLEDGED_BYTES;
                if (!writable || segments.getLast().bytes + room > segmentBytes) {
                    beginSegment();
                }
                evict(room);
                Segment segment = segments.getLast();
                ByteBuffer out = ByteBuffer.allocate(room).order(ByteOrder.LITTLE_ENDIAN);
                long number = next;
                for (Report report : batch) {
                    SegmentFormat.put(out, segment.header.checksum(), number++, report);
                }
                if (acknowledged > acknowledgedOnDisk) {
                    SegmentFormat.putAcknowledged(out, segment.header.checksum(), acknowledged);
                }
                write(segment, out);
                segment.last += batch.size();
                next += batch.size();
                trim();
                return batch.size();
            } catch (IOException e) {
                // Nobody knows how much of it is there: on in another segment.
                writable = false;
            }
        }
        unstored += batch.size();
        next += batch.size();
        return 0;
    }

    private void write(Segment segment, ByteBuffer out) throws IOException {
        long newest = acknowledged;
        segment.bytes += out.position();
        files.append(segment.name, Arrays.copyOf(out.array(), out.position()));
        files.sync(segment.name);
        acknowledgedOnDisk = newest;
    }

    private void beginSegment() throws IOException {
        byte[] header = SegmentFormat.header(log, next, acknowledged);
        String name = SegmentFormat.name(next);
        if (!segments.isEmpty() && segments.getLast().first() == next) {
            // It holds nothing that can be relied on.
            segments.removeLast();
        }
        files.write(ASIDE, header);
        files.sync(ASIDE);
        files.rename(ASIDE, name);
        files.syncFolder();
        segments.add(new Segment(SegmentFormat.header(header).orElseThrow(), next - 1, header.length));
        acknowledgedOnDisk = acknowledged;
        writable = true;
    }

    /** Oldest first, until there is room for so many bytes more. The newest segment stays: it has the numbers. */
    private void evict(int room) throws IOException {
        while (segments.size() > 1 && bytes() + room > mostBytes) {
            saveAcknowledged();
            Segment oldest = segments.getFirst();
            files.delete(oldest.name);
            segments.removeFirst();
            evicted += Math.max(0, oldest.last - Math.max(acknowledged, oldest.first() - 1));
        }
    }

    /** Deletes what the receiver has, as far as that is known on the disk. */
    private void trim() throws IOException {
        while (segments.size() > 1 && segments.getFirst().last <= acknowledgedOnDisk) {
            files.delete(segments.getFirst().name);
            segments.removeFirst();
        }
    }

    private long bytes() {
        return segments.stream().mapToLong(Segment::occupied).sum();
    }

    /**
     * What comes after a number, up to about so many bytes; what is gone from there on comes as a gap.
     *
     * @param after the last number that the caller has, at least the acknowledged one
     */
    public synchronized Batch read(long after, int mostReadBytes) throws IOException {
        long from = Math.max(after, acknowledged) + 1;
        for (Segment segment : segments) {
            if (segment.last < from) {
                continue;
            }
            if (segment.first() > from) {
                return new Batch(from, segment.first() - 1, List.of());
            }
            List<Numbered> reports = readFrom(segment, from, mostReadBytes);
            if (!reports.isEmpty()) {
                return new Batch(0, -1, reports);
            }
        }
        // Whatever has a number, was not stored, and has nothing behind it.
        return new Batch(from, next - 1, List.of());
    }

    private List<Numbered> readFrom(Segment segment, long from, int mostReadBytes) throws IOException {
        if (readSegment != segment || readNumber > from) {
            readSegment = segment;
            readNumber = segment.first();
            readOffset = SegmentFormat.HEADER_BYTES;
        }
        List<Numbered> reports = new ArrayList<>();
        boolean whole = true;
        while (whole && reports.isEmpty() && readNumber <= segment.last) {
            // Any record that begins within the bytes asked for ends within the piece.
            long piece = Math.min(segment.bytes - readOffset, mostReadBytes + segmentBytes / 2);
            ByteBuffer in = ByteBuffer.wrap(files.read(segment.name, readOffset, (int) piece)).order(ByteOrder.LITTLE_ENDIAN);
            while (whole && readNumber <= segment.last && in.position() < mostReadBytes) {
                Entry entry = SegmentFormat.next(in, segment.header.checksum()).orElse(null);
                whole = entry != null;
                readOffset += whole ? entry.bytes() : 0;
                if (whole && entry.type() == SegmentFormat.REPORT && entry.number() == readNumber) {
                    if (readNumber >= from) {
                        reports.add(new Numbered(readNumber, entry.report()));
                    }
                    readNumber++;
                }
            }
        }
        if (!whole) {
            // Damaged since it was written: what is behind it is lost, as a gap.
            segment.last = readNumber - 1;
            writable &= segment != segments.getLast();
        }
        return reports;
    }

    /** Waits until there is something after a number, or for so long. */
    public synchronized void awaitMore(long after, long millis) throws InterruptedException {
        if (next - 1 <= Math.max(after, acknowledged)) {
            wait(Math.max(1, millis));
        }
    }

    /** The receiver has everything up to this number; durable at the next append or {@link #save}. */
    public synchronized void acknowledge(long number) {
        acknowledged = Math.clamp(number, acknowledged, next - 1);
    }

    /** Puts the newest acknowledgement on the disk and deletes what nobody waits for. */
    public synchronized void save() throws IOException {
        try {
            saveAcknowledged();
            trim();
        } catch (IOException e) {
            writable = false;
            throw e;
        }
    }

    private void saveAcknowledged() throws IOException {
        if (acknowledged == acknowledgedOnDisk || segments.isEmpty()) {
            return;
        }
        if (!writable || segments.getLast().bytes + SegmentFormat.ACKNOWLEDGED_BYTES > segmentBytes) {
            beginSegment();
            return;
        }
        ByteBuffer out = ByteBuffer.allocate(SegmentFormat.ACKNOWLEDGED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        SegmentFormat.putAcknowledged(out, segments.getLast().header.checksum(), acknowledged);
        write(segments.getLast(), out);
    }

    public synchronized Status status() {
        return new Status(next - 1, acknowledged, evicted, unstored, bytes());
    }
}
