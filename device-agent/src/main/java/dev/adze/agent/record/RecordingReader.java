package dev.adze.agent.record;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Reads a recording row by row: CSV or CSV.gz, the first column {@code time[ms]}, the others {@code name[unit]} (the
 * unit may be left out). An empty cell is missing, text in a number is invalid; neither stops the reading.
 */
public final class RecordingReader implements AutoCloseable {
    private static final int MAX_CHANNELS = 4096;

    private final Path path;
    private final BufferedReader in;
    private final List<ChannelInfo> channels;
    private long timeMillis;
    private long line = 1;

    public RecordingReader(Path path) {
        this.path = path;
        if (Files.isDirectory(path)) {
            throw new AdzeException(Kind.NOT_FOUND, path + " is a folder; name the recording in it");
        }
        try {
            InputStream raw = Files.newInputStream(path);
            try {
                InputStream text = path.toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 15) : raw;
                in = new BufferedReader(new InputStreamReader(new BoundedLines(text), StandardCharsets.UTF_8), 1 << 15);
                String header = in.readLine();
                channels = parseHeader(header == null ? "" : header);
            } catch (IOException | RuntimeException e) {
                raw.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw new AdzeException(Kind.NOT_FOUND, "there is no recording " + path, e);
        } catch (AccessDeniedException e) {
            throw new AdzeException(Kind.NOT_FOUND, "no permission to read the recording " + path, e);
        } catch (EOFException e) {
            throw new AdzeException(Kind.BAD_DATA, "the recording " + path + " is cut off in its first line; copy it again, or record anew", e);
        } catch (IOException e) {
            throw new AdzeException(Kind.BAD_DATA, "cannot read the recording " + path + ": " + e.getMessage(), e);
        }
    }

    private List<ChannelInfo> parseHeader(String header) {
        String[] titles = header.strip().split(",", -1);
        if (!titles[0].equals("time[ms]")) {
            throw bad("the first column is '" + (titles[0].length() > 40 ? titles[0].substring(0, 40) + "..." : titles[0]).replaceAll("\\p{Cntrl}", "?")
                    + "', not time[ms]");
        }
        if (titles.length == 1 || titles.length > MAX_CHANNELS) {
            throw bad("it has " + (titles.length - 1) + " channels; 1 to " + MAX_CHANNELS + " are allowed");
        }
        var parsed = new ArrayList<ChannelInfo>();
        var names = new HashSet<String>();
        for (int i = 1; i < titles.length; i++) {
            ChannelInfo channel = parseTitle(titles[i]);
            if (!names.add(channel.name())) {
                throw bad("channel " + channel.name() + " is there twice");
            }
            parsed.add(channel);
        }
        return List.copyOf(parsed);
    }

    private ChannelInfo parseTitle(String title) {
        int bracket = title.indexOf('[');
        if (bracket < 0 && !title.isBlank() && !title.contains("]")) {
            return new ChannelInfo(title.strip(), "");
        }
        if (bracket < 1 || title.indexOf(']') != title.length() - 1) {
            throw bad("column title '" + title + "' is not name[unit]");
        }
        return new ChannelInfo(title.substring(0, bracket).strip(), title.substring(bracket + 1, title.length() - 1));
    }

    private AdzeException bad(String what) {
        return new AdzeException(Kind.BAD_DATA, path + " is not a recording: " + what);
    }

    public List<ChannelInfo> channels() {
        return channels;
    }

    /**
     * Reads the next row into {@code out[0 .. channels().size())}; false at the end. A row that is cut off is the end:
     * so ends a recording whose writer was killed.
     */
    public boolean next(ReadingBuffer out) {
        String row;
        try {
            row = in.readLine();
        } catch (BoundedLines.TooLong e) {
            throw new AdzeException(Kind.BAD_DATA, path + " line " + (line + 1) + ": " + e.getMessage(), e);
        } catch (IOException e) {
            return false;
        }
        if (row == null) {
            return false;
        }
        line++;
        int end = row.indexOf(',');
        try {
            timeMillis = Long.parseLong(end < 0 ? row : row.substring(0, end).strip());
        } catch (NumberFormatException e) {
            throw new AdzeException(Kind.BAD_DATA, path + " line " + line + ": the time is not a whole number of milliseconds", e);
        }
        for (int i = 0; i < channels.size(); i++) {
            if (end < 0) {
                out.missing(i, "the row has no such column");
                continue;
            }
            int start = end + 1;
            end = row.indexOf(',', start);
            cell(row.substring(start, end < 0 ? row.length() : end).strip(), out, i);
        }
        return true;
    }

    private static void cell(String text, ReadingBuffer out, int channel) {
        if (text.isEmpty()) {
            out.missing(channel, "empty in the recording");
            return;
        }
        try {
            out.ok(channel, Double.parseDouble(text));
        } catch (NumberFormatException e) {
            out.invalid(channel, "not a number in the recording");
        }
    }

    /** Time of the row read last, milliseconds since 1970. */
    public long timeMillis() {
        return timeMillis;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // Nothing was written.
        }
    }
}
