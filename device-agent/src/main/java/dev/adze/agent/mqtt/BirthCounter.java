package dev.adze.agent.mqtt;

import dev.adze.agent.state.StateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Sparkplug's bdSeq: one more with every connection that is tried, 0 after 255, kept over a restart, so that the death of
 * an older connection is told from that of the present one. A disk that does not take it is no reason to say nothing.
 */
final class BirthCounter {
    static final String NAME = "bdseq";
    private static final String ASIDE = "bdseq.new";
    private static final int NUMBERS = 256;

    private final StateFiles files;
    private int last = NUMBERS - 1;

    BirthCounter(StateFiles files) throws IOException {
        this.files = files;
        files.read(NAME).map(bytes -> new String(bytes, StandardCharsets.US_ASCII).strip()).filter(s -> s.matches("[0-9]{1,3}"))
                .map(Integer::parseInt).filter(n -> n < NUMBERS).ifPresent(n -> last = n);
    }

    int next() {
        last = (last + 1) % NUMBERS;
        try {
            files.write(ASIDE, (last + "\n").getBytes(StandardCharsets.US_ASCII));
            files.sync(ASIDE);
            files.rename(ASIDE, NAME);
            files.syncFolder();
        } catch (IOException e) {
            // Counted on in memory; after a restart a number may come a second time.
        }
        return last;
    }
}
