package dev.adze.agent.state;

import java.io.IOException;
import java.util.List;
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

    /** Up to so many bytes of a file from an offset on; fewer where it ends, none if it is not there. */
    byte[] read(String name, long offset, int length) throws IOException;

    /** Makes the file, or replaces its content in place. */
    void write(String name, byte[] content) throws IOException;

    /** Adds to the end of a file, which is made if it is not there. When it throws, any part may have been added. */
    void append(String name, byte[] content) throws IOException;

    /** Puts a file's content on the disk. */
    void sync(String name) throws IOException;

    /** Gives a file the name of another one, which is gone, in one step. */
    void rename(String from, String to) throws IOException;

    /** Takes a file away, if it is there. */
    void delete(String name) throws IOException;

    /** Names of all files, in no order. */
    List<String> names() throws IOException;

    /** Puts names on the disk. */
    void syncFolder() throws IOException;
}
