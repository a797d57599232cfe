package dev.adze.agent.state;

import java.io.IOException;
import java.util.Optional;

/**
 * Keeps the newest checkpoint. A save that has returned survives a power cut; one that was cut short leaves the one
 * before. Never a mixture: the file is written aside, put on the disk, and renamed.
 */
public final class CheckpointStore {
    private static final String FILE = "session.state";
    private static final String ASIDE = "session.state.new";

    private final StateFiles files;

    public CheckpointStore(StateFiles files) {
        this.files = files;
    }

    /** The newest checkpoint; empty if there is none, or none that is whole. */
    public Optional<Checkpoint> load() throws IOException {
        return files.read(FILE).flatMap(Checkpoint::of);
    }

    public void save(Checkpoint checkpoint) throws IOException {
        files.write(ASIDE, checkpoint.toBytes());
        files.sync(ASIDE);
        files.rename(ASIDE, FILE);
        files.syncFolder();
    }
}
