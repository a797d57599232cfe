package dev.adze.agent.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * What the agent prints, as its reader can take it: signs that the console's character set lacks are spelt out
 * ({@code us} for microseconds), and the systemd journal is told the priority of every line (sd-daemon(3)).
 */
final class ConsoleText extends OutputStream {
    private static final int ERROR = 3;
    private static final int WARNING = 4;
    private static final int INFO = 6;

    private final OutputStream out;
    private final Charset charset;
    private final boolean spelled;
    private final ToIntFunction<String> priority;
    private boolean lineStarts = true;

    /** @param priority of a line that begins so, 0 to 7; null for no prefix */
    ConsoleText(OutputStream out, Charset charset, ToIntFunction<String> priority) {
        this.out = out;
        this.charset = charset;
        this.priority = priority;
        spelled = !charset.newEncoder().canEncode("µ…");
    }

    /** Puts itself before the standard streams where that changes anything. */
    static void install() {
        System.setOut(wrapped(System.out, System.getenv(), 1, _ -> INFO));
        System.setErr(wrapped(System.err, System.getenv(), 2, line -> line.startsWith("adze-agent: error") ? ERROR : WARNING));
    }

    private static PrintStream wrapped(PrintStream stream, Map<String, String> environment, int descriptor, ToIntFunction<String> priority) {
        boolean journal = isJournal(environment.get("JOURNAL_STREAM"), Path.of("/proc/self/fd/" + descriptor));
        var text = new ConsoleText(stream, stream.charset(), journal ? priority : null);
        return journal || text.spelled ? new PrintStream(text, true, StandardCharsets.UTF_8) : stream;
    }

    /** Whether a stream is the one that systemd connected to the journal: {@code JOURNAL_STREAM} is device:inode. */
    static boolean isJournal(String journalStream, Path stream) {
        if (journalStream == null) {
            return false;
        }
        try {
            return journalStream.equals(Files.getAttribute(stream, "unix:dev") + ":" + Files.getAttribute(stream, "unix:ino"));
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /** Whole characters of UTF-8: a PrintStream gives no others. */
    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        if (spelled) {
            text = text.replace("µ", "u").replace("…", "...");
        }
        if (priority != null) {
            text = withPriorities(text);
        }
        out.write(text.getBytes(charset));
    }

    private String withPriorities(String text) {
        var prefixed = new StringBuilder();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from) + 1;
            String line = end == 0 ? text.substring(from) : text.substring(from, end);
            if (lineStarts) {
                prefixed.append('<').append(priority.applyAsInt(line)).append('>');
            }
            prefixed.append(line);
            lineStarts = end != 0;
            from = end == 0 ? text.length() : end;
        }
        return prefixed.toString();
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
