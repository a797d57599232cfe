package dev.adze.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusServerTest {
    @TempDir
    Path folder;

    /** A service's mask of 0077 would otherwise keep its group out, which its folder lets in. */
    @Test
    void theFoldersGroupMayAskAndNobodyElse() throws Exception {
        try (var server = StatusServer.start(folder, "press-7", () -> "{\"decisions\":7}")) {
            assertEquals("rwxrwx---", PosixFilePermissions.toString(Files.getPosixFilePermissions(server.socket())));
            assertEquals(Optional.of("{\"decisions\":7}"), StatusClient.ask(server.socket()));
        }
        assertEquals(false, Files.exists(folder.resolve("press-7.sock")));
    }
}
