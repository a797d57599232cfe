package dev.adze.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ServiceUnitTest {
    private static final Pattern LEVEL = Pattern.compile("Overall exposure level for adze-agent\\.service: ([0-9.]+)");

    private static Path unit() {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.isDirectory(here.resolve("packaging")) ? here : here.getParent();
        return root.resolve("packaging/systemd/adze-agent.service");
    }

    @Test
    void theSandboxIsRatedTwoOrBetter() throws Exception {
        Process process;
        try {
            process = new ProcessBuilder("systemd-analyze", "security", "--offline=true", "--no-pager", unit().toString())
                    .redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "systemd-analyze is not installed: the sandbox was not rated");
            return;
        }
        String text = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        assumeTrue(!text.contains("unrecognized option"), "systemd-analyze is older than 250: the sandbox was not rated");
        Matcher level = LEVEL.matcher(text);
        assertTrue(level.find(), text);
        assertTrue(Double.parseDouble(level.group(1)) <= 2.0, text);
    }

    @Test
    void itIsNotifiedWatchedAndUnprivileged() throws Exception {
        List<String> lines = Files.readAllLines(unit());
        for (String line : List.of("Type=notify", "WatchdogSec=30", "User=adze", "NoNewPrivileges=yes", "CapabilityBoundingSet=")) {
            assertEquals(1, lines.stream().filter(line::equals).count(), line);
        }
    }
}
