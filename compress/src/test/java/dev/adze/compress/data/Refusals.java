package dev.adze.compress.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import org.junit.jupiter.api.function.Executable;

/** Asserts that bad input is refused as the user should see it. */
public final class Refusals {
    private Refusals() {}

    public static void assertRefused(Executable action, String... parts) {
        assertRefused(AdzeException.Kind.BAD_DATA, action, parts);
    }

    public static void assertRefused(AdzeException.Kind kind, Executable action, String... parts) {
        AdzeException e = assertThrows(AdzeException.class, action);
        assertEquals(kind, e.kind(), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), "\"" + e.getMessage() + "\" should contain \"" + part + "\"");
        }
    }
}
