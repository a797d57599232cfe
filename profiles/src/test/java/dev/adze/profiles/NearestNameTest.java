package dev.adze.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestNameTest {
    private static final List<String> NAMES = List.of("rate-hz", "deadline-ms", "channels", "kernel");

    @Test
    void slipsOfTheFingerFindTheirName() {
        assertEquals(Optional.of("kernel"), NearestName.of("kernal", NAMES));
        assertEquals(Optional.of("kernel"), NearestName.of("kenrel", NAMES));
        assertEquals(Optional.of("channels"), NearestName.of("chanels", NAMES));
        assertEquals(Optional.of("rate-hz"), NearestName.of("RATE_HZ", NAMES));
        assertEquals(Optional.of("rate-hz"), NearestName.of("rate", NAMES));
        assertEquals(Optional.of("deadline-ms"), NearestName.of("deadlin", NAMES));
    }

    @Test
    void somethingQuiteDifferentFindsNone() {
        assertEquals(Optional.empty(), NearestName.of("colour", NAMES));
        assertEquals(Optional.empty(), NearestName.of("x", NAMES));
        assertEquals(Optional.empty(), NearestName.of("", NAMES));
        assertEquals(Optional.empty(), NearestName.of("kernel", List.of()));
    }

    @Test
    void distanceCountsEditsAndSwaps() {
        assertEquals(0, NearestName.distance("same", "Same"));
        assertEquals(1, NearestName.distance("ab", "ba"));
        assertEquals(3, NearestName.distance("kitten", "sitting"));
        assertEquals(4, NearestName.distance("", "four"));
    }
}
