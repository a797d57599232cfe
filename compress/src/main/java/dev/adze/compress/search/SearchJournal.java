package dev.adze.compress.search;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file {@code search.json}: every trial as it stands, and which are under way. Written whole after every change, so that
 * a search that was stopped or killed goes on as if it never had been.
 */
final class SearchJournal implements AutoCloseable {
    private static final String FILE = "search.json";
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    /**
     * @param adzeSearch version of this format
     * @param question   hash of what is searched
     * @param underWay   numbers of trials that were handed out and have not come back
     */
    private record Content(int adzeSearch, String question, List<Trial> trials, List<Integer> underWay) {}

    private final Path folder;
    private final String question;
    private final FileChannel channel;
    private final List<Trial> trials = new ArrayList<>();
    private final List<Integer> underWay = new ArrayList<>();

    private SearchJournal(Path folder, String question, FileChannel channel) {
        this.folder = folder;
        this.question = question;
        this.channel = channel;
    }

    /** @throws AdzeException USAGE if another search lies there, or another process is at work on it */
    static SearchJournal open(Path folder, String question) {
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(folder.resolve("search.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                channel.close();
                throw new AdzeException(AdzeException.Kind.USAGE, "another process is searching in " + folder
                        + "; wait for it, or name another folder with --out");
            }
            var journal = new SearchJournal(folder, question, channel);
            try {
                journal.read();
            } catch (RuntimeException e) {
                channel.close();
                throw e;
            }
            return journal;
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.CANNOT_WRITE, folder + " cannot be written (" + e.getMessage()
                    + "); name another folder with --out", e);
        }
    }

    private void read() {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return;
        }
        Content content;
        try {
            content = JSON.readValue(file.toFile(), Content.class);
        } catch (JacksonException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, file + " is damaged: " + e.getOriginalMessage()
                    + "; remove it to begin the search again (finished trials' steps are kept)", e);
        }
        if (content.adzeSearch() != 1) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, file + " is of version " + content.adzeSearch()
                    + "; this Adze reads version 1");
        }
        if (!content.question().equals(question)) {
            throw new AdzeException(AdzeException.Kind.USAGE, folder + " holds another search (its file or its recipe has changed"
                    + " since); name another folder with --out, or remove that one");
        }
        trials.addAll(content.trials());
        underWay.addAll(content.underWay());
    }

    List<Trial> trials() {
        return List.copyOf(trials);
    }

    List<Trial> underWay() {
        return underWay.stream().map(id -> trials.get(id - 1)).toList();
    }

    /** Before a round: trials that are new or go on. */
    void begin(List<Trial> round) {
        for (Trial trial : round) {
            put(trial);
            underWay.add(trial.id());
        }
        write();
    }

    void end(Trial trial) {
        put(trial);
        underWay.remove(Integer.valueOf(trial.id()));
        write();
    }

    private void put(Trial trial) {
        if (trial.id() > trials.size()) {
            trials.add(trial);
        } else {
            trials.set(trial.id() - 1, trial);
        }
    }

    private void write() {
        AtomicFile.write(folder.resolve(FILE), JSON.writeValueAsBytes(new Content(1, question, trials, underWay)));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }
}
