package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.compress.pipeline.Pipeline;
import dev.adze.compress.pipeline.Progress;
import dev.adze.compress.pipeline.StopSignal;
import dev.adze.compress.recipe.RecipeReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report that a small run wrote, in a real browser, where one is installed. */
class RunReportInBrowserTest {
    @TempDir
    private static Path folder;
    private static Chromium browser;
    private static Path page;
    private static List<StageResult> stages;

    @BeforeAll
    static void runARecipe() throws IOException, InterruptedException {
        assumeTrue(Chromium.installed().isPresent(),
                "no Chromium on the PATH: the page is not checked in a browser (Debian: apt-get install chromium)");
        Files.writeString(folder.resolve("a.csv"), twoUnits());
        var recipe = RecipeReader.parse("r.yaml", """
                adze-recipe: 1
                name: waves
                threads: 1
                data: {files: [a.csv]}
                task: {kind: forecast, mode: stream, target: ahead, windowSteps: 16, horizonSteps: 4, targets: [a]}
                teacher: {layers: 1, hiddenSize: 12, train: {epochs: 2, batchSize: 16, learningRate: 0.01}}
                student: {layers: 1, hiddenSize: 8, train: {epochs: 2, batchSize: 16, learningRate: 0.01}}
                sparsify: {units: 0.25, epochs: 1}
                quantize: {goldenSteps: 24, sensitivity: true}
                export: {to: [onnx], precision: fp32}
                """, folder, List.of());
        try (var stop = new StopSignal()) {
            var silent = new Progress(new PrintStream(OutputStream.nullOutputStream()), false, stop);
            stages = new Pipeline(recipe, null, folder.resolve("run"), "test", silent).run(Pipeline.Step.REPORT)
                    .report().orElseThrow().rows();
        }
        page = folder.resolve("run/report.html");
        browser = new Chromium(Chromium.installed().get());
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (browser != null) {
            browser.close();
        }
    }

    private static String twoUnits() {
        var random = new Random(5);
        var csv = new StringBuilder("time[ms],unit_id,a[V],b[V]\n");
        for (int unit = 1; unit <= 2; unit++) {
            for (int t = 0; t < 300; t++) {
                csv.append(1_700_000_000_000L + 500L * t).append(String.format(Locale.ROOT, ",%d,%.4f,%.4f%n", unit,
                        Math.sin(0.3 * t) + 0.02 * random.nextGaussian(), 3 + Math.cos(0.3 * t + 0.5)));
            }
        }
        return csv.toString();
    }

    @Test
    void neitherPhoneNorDesktopScrollsSidewaysOrComplainsInBothSchemes() throws Exception {
        String light = null;
        for (int width : new int[] {390, 1280}) {
            for (String scheme : List.of("light", "dark")) {
                browser.open(page, width, scheme);
                String where = width + " " + scheme;
                int overflow = browser.evaluate("document.documentElement.scrollWidth - innerWidth").asInt();
                assertTrue(overflow <= 0, where + ": " + overflow + " px too wide");
                assertEquals(List.of(), browser.complaints, where);
                assertEquals(List.of(page.toUri().toString()), browser.requests, "asks for nothing but itself");
                assertEquals("[]", browser.evaluate(UNFIT).asString(), where + ": labels cut off, or places that are no number");
                String background = browser.evaluate("getComputedStyle(document.body).backgroundColor").asString();
                light = light == null ? background : light;
                assertEquals(scheme.equals("light"), background.equals(light), where + ": " + background);
            }
        }
    }

    /** Labels of visible pictures that reach out of them, and shapes drawn at places that a browser cannot read. */
    private static final String UNFIT = """
            JSON.stringify([...document.querySelectorAll("svg.chart text")].filter(t => {
              const a = t.getBoundingClientRect(), b = t.closest("svg").getBoundingClientRect();
              return b.width > 0 && (a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1
                || a.bottom > b.bottom + 1);
            }).map(t => t.textContent).concat([...document.querySelectorAll("svg.chart *")].flatMap(e =>
              [...e.attributes].filter(a => /NaN|Infinity/.test(a.value)).map(a => e.tagName + " " + a.name))))""";

    @Test
    void everyPartOfTheRunIsOnThePage() throws Exception {
        browser.open(page, 1280, "light");
        assertEquals("[\"Stages\",\"Size, accuracy, latency\",\"Forecast against truth\",\"Distribution of errors\","
                + "\"Errors by part\",\"Sensitivity to quantization\",\"Inside the student\",\"Training\"]", browser.evaluate("""
                JSON.stringify([...document.querySelectorAll("section")].filter(s => s.querySelector("h2")
                  && (s.querySelector("table") && s.querySelector("table tbody tr") && s.getBoundingClientRect().height > 100))
                  .map(s => s.querySelector("h2").textContent))""").asString(), "sections with a table that has rows");
        assertEquals("[]", browser.evaluate("""
                JSON.stringify([...document.querySelectorAll("figure")].filter(f => ![...f.querySelectorAll("svg")].some(s =>
                  s.getBoundingClientRect().height > 150 && s.querySelector("path, rect:not(.paper), circle, polyline")))
                  .map(f => f.textContent.slice(0, 60)))""").asString(), "pictures with nothing in them");
        String parts = browser.evaluate("""
                [...document.querySelectorAll("figure")].map(f => f.querySelector("figcaption").textContent).join("\\n")""")
                .asString();
        for (String caption : List.of("by held-out unit", "by stretch of each series", "Values of the gates of layer 0", "Weights of layer 0", "hidden values of its units")) {
            assertTrue(parts.contains(caption), "no picture '" + caption + "' among\n" + parts);
        }
    }

    @Test
    void theStagesTableTellsWhatTheRunMeasured() throws Exception {
        browser.open(page, 390, "dark");
        var rows = browser.evaluate("""
                (() => {
                  const section = [...document.querySelectorAll("section")].find(s => s.textContent.startsWith("\\nStages"));
                  return [...section.querySelectorAll("tbody tr")].map(r => [...r.children].map(c => c.textContent));
                })()""");
        assertEquals(List.of("teacher", "student fp32", "student sparse", "student int8",
                "student int8, onnx"), stages.stream().map(StageResult::name).toList());
        assertEquals(stages.size(), rows.size());
        List<List<String>> expected = StageTable.rows(stages);
        for (int r = 0; r < expected.size(); r++) {
            for (int c = 0; c < expected.get(r).size(); c++) {
                assertEquals(expected.get(r).get(c), rows.get(r).get(c).asString());
            }
        }
        assertTrue(stages.stream().allMatch(s -> s.metric().hasInterval()), stages::toString);
        assertTrue(stages.subList(0, 4).stream().allMatch(s -> s.latency() != null), stages::toString);
    }
}
