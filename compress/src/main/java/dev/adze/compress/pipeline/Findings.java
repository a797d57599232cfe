package dev.adze.compress.pipeline;

import dev.adze.compress.train.GradientWatch;
import dev.adze.compress.train.GradientWatch.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What {@link GradientWatch} noticed in one stage's training: {@code findings.jsonl}, a line each. */
final class Findings {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String NAME = "findings.jsonl";

    private Findings() {}

    static void append(Path stepFolder, Finding finding) {
        Path file = stepFolder.resolve(NAME);
        try {
            Files.writeString(file, JSON.writeValueAsString(finding) + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw RunFolder.cannotWrite(file, e);
        }
    }

    /** In the order they were made; a line that a killed process left half-written is left out. */
    static List<Finding> read(Path stepFolder) throws IOException {
        Path file = stepFolder.resolve(NAME);
        var findings = new ArrayList<Finding>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                try {
                    findings.add(JSON.readValue(line, Finding.class));
                } catch (JacksonException _) {
                    // Only the last line can be torn, and what it told is told again if it goes on.
                }
            }
        }
        return findings;
    }
}
