package dev.adze.agent.state;

import java.io.IOException;
import java.util.Optional;

/**
 * The files of one folder, by the operations that differ in what a power cut leaves of them. All state that is kept goes
 * through here, so that tests can try every place where the power may fail.
 *
 * <p>After a cut, a file that was written but not synced holds any part of the new content, or of none; a name that was
 * changed but not synced by {@link #syncFolder} is as before or as after. Only what was synced is sure.
 */
public interface StateFiles {
    /** The content of a file, if it is there. */
    Optional<byte[]> read(String name) throws IOException;

    /** Makes the file, or replaces its content in place. */
    void write(String name, byte[] content) throws IOException;

    /** Puts a file's content on the disk. */
    void sync(String name) throws IOException;

    /** Gives a file the name of another one, which is gone, in one step. */
    void rename(String from, String to) throws IOException;

    /** Puts names on the disk. */
    void syncFolder() throws IOException;
}
