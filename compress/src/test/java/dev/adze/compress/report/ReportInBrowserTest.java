package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser, where one is installed. With {@code -Dadze.screenshots=FOLDER} it leaves pictures of what
 * it saw.
 */
class ReportInBrowserTest {
    private static final List<String> SCHEMES = List.of("light", "dark");

    @TempDir
    private static Path folder;
    private static Chromium browser;
    private static Path page;
    private static Path bench;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(Chromium.installed().isPresent(),
                "no Chromium on the PATH: the page is not checked in a browser (Debian: apt-get install chromium)");
        browser = new Chromium(Chromium.installed().get());
        page = folder.resolve("report.html");
        HtmlReport.write(SampleRun.of(7), page);
        bench = folder.resolve("bench.html");
        BenchPictures.writeHtml(SampleBench.of(1), bench);
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void neitherPhoneNorDesktopScrollsSidewaysOrComplains() throws Exception {
        for (int width : new int[] {390, 1280}) {
            for (String scheme : SCHEMES) {
                assertFits(page, width, scheme);
            }
            assertFits(bench, width, "light");
        }
        // About the widths where the layout changes, and the narrowest phone.
        for (int width : new int[] {320, 820, 901}) {
            assertFits(page, width, "light");
        }
    }

    private static void assertFits(Path page, int width, String scheme) throws Exception {
        browser.open(page, width, scheme);
        String where = page.getFileName() + " " + width + " " + scheme;
        int overflow = browser.evaluate("document.documentElement.scrollWidth - innerWidth").asInt();
        assertTrue(overflow <= 0, where + ": " + overflow + " px too wide");
        assertEquals(List.of(), browser.complaints, where);
        assertEquals(List.of(page.toUri().toString()), browser.requests, "asks for nothing but itself");
        assertEquals("[]", browser.evaluate(CUT).asString(), where + ": labels outside pictures");
        screenshot(where.replace(' ', '-') + ".png");
    }

    @Test
    void theSvgFileIsDrawnInBothSchemes() throws Exception {
        Path svg = folder.resolve("bench.svg");
        BenchPictures.writeSvg(SampleBench.of(1), svg);
        for (String scheme : SCHEMES) {
            browser.open(svg, 1000, scheme);
            assertEquals(List.of(), browser.complaints);
            assertEquals("[]", browser.evaluate(CUT).asString(), scheme + ": labels outside pictures");
            assertEquals(scheme.equals("light") ? "rgb(255, 255, 255)" : "rgb(26, 32, 41)",
                    browser.evaluate("getComputedStyle(document.querySelector('rect.paper')).fill").asString());
            screenshot("bench-svg-" + scheme + ".png");
        }
    }

    @Test
    void printedItIsLightAndShowsTheTables() throws Exception {
        browser.open(page, 718, "dark");
        browser.command("Emulation.setEmulatedMedia", java.util.Map.of("media", "print", "features",
                List.of(java.util.Map.of("name", "prefers-color-scheme", "value", "dark"))));
        browser.evaluate("dispatchEvent(new Event('beforeprint'))");
        assertEquals("rgb(255, 255, 255)",
                browser.evaluate("getComputedStyle(document.querySelector('rect.paper')).fill").asString());
        assertEquals(0, browser.evaluate("document.querySelectorAll('details:not([open])').length").asInt());
        assertTrue(browser.evaluate("document.documentElement.scrollWidth - innerWidth").asInt() <= 0);
        assertEquals("[]", browser.evaluate(OVERFLOWING).asString(), "tables wider than the paper");
        screenshot("print.png");
        browser.evaluate("dispatchEvent(new Event('afterprint'))");
        assertEquals(0, browser.evaluate("document.querySelectorAll('details[open]').length").asInt());
    }

    @Test
    void withoutScriptsEverythingIsStillThere() throws Exception {
        browser.command("Emulation.setScriptExecutionDisabled", java.util.Map.of("value", true));
        try {
            browser.open(page, 390, "light");
            assertEquals(0, browser.evaluate("document.getElementById('theme').getBoundingClientRect().height").asInt());
            assertEquals(16, browser.evaluate("[...document.querySelectorAll('svg.chart')]"
                    + ".filter(s => s.getBoundingClientRect().height > 200).length").asInt());
            assertEquals(0, browser.evaluate(
                    "[...document.querySelectorAll('.readout')].filter(r => r.getBoundingClientRect().height > 0).length").asInt());
        } finally {
            browser.command("Emulation.setScriptExecutionDisabled", java.util.Map.of("value", false));
        }
    }

    /** Labels of visible pictures that reach out of them. */
    private static final String CUT = """
            JSON.stringify([...document.querySelectorAll("svg.chart text")].filter(t => {
              const a = t.getBoundingClientRect(), b = t.closest("svg").getBoundingClientRect();
              return b.width > 0 && (a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1
                || a.bottom > b.bottom + 1);
            }).map(t => t.textContent))""";

    /** Tables and boxes that reach out of the page. */
    private static final String OVERFLOWING = """
            JSON.stringify([...document.querySelectorAll("table, figure, .scroll")].filter(t =>
              t.getBoundingClientRect().right > document.documentElement.clientWidth).map(t => t.textContent.slice(0, 60)))""";

    @Test
    void oneSizeOfEachPictureIsShown() throws Exception {
        for (int width : new int[] {320, 641, 821, 1280}) {
            browser.open(page, width, "light");
            assertEquals("[1]", browser.evaluate("""
                    JSON.stringify([...new Set([...document.querySelectorAll("figure")].map(f =>
                      [...f.querySelectorAll("svg")].filter(s => s.getBoundingClientRect().height > 0).length))])""")
                    .asString());
            double smallest = browser.evaluate("""
                    Math.min(...[...document.querySelectorAll("svg.chart text")]
                      .filter(t => t.getBoundingClientRect().height > 0).map(t =>
                        parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a))""").asDouble();
            assertTrue(smallest >= 9.5, width + ": letters of " + smallest + " px");
        }
    }

    @Test
    void theSchemeFollowsTheReaderAndTheButton() throws Exception {
        String background = "getComputedStyle(document.body).backgroundColor";
        browser.open(page, 390, "light");
        String light = browser.evaluate(background).asString();
        browser.evaluate("document.getElementById('theme').click()");
        String chosen = browser.evaluate(background).asString();
        browser.open(page, 390, "dark");
        String dark = browser.evaluate(background).asString();
        assertNotEquals(light, dark);
        assertEquals(dark, chosen);
    }

    @Test
    void textAndLinesHaveEnoughContrast() throws Exception {
        for (String scheme : SCHEMES) {
            browser.open(page, 1280, scheme);
            // WCAG 2.2: 4.5:1 for text (1.4.3), 3:1 for lines and marks (1.4.11).
            for (String name : List.of("fg", "muted", "accent", "warn")) {
                for (String paper : List.of("bg", "card")) {
                    assertTrue(contrast(name, paper) >= 4.5, scheme + " " + name + " on " + paper);
                }
            }
            for (int series = 0; series < 6; series++) {
                assertTrue(contrast("s" + series, "card") >= 3, scheme + " series " + series);
            }
        }
    }

    private static double contrast(String ink, String paper) throws InterruptedException {
        return browser.evaluate("""
                (() => {
                  const luminance = name => {
                    const hex = getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
                    const parts = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255)
                      .map(c => c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
                    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
                  };
                  const [a, b] = [luminance("%s"), luminance("%s")];
                  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                })()""".formatted(ink, paper)).asDouble();
    }

    @Test
    void shadesOfBothSignsAreDrawnInsideTheirPicture() throws Exception {
        for (String scheme : SCHEMES) {
            browser.open(page, 390, scheme);
            assertEquals("[\"rgb\",\"rgb\",true]", browser.evaluate("""
                    (() => {
                      const svg = [...document.querySelectorAll("svg.narrow")].find(s => s.querySelector("g.heat"));
                      const hot = svg.querySelector(".heat .hot0"), cold = svg.querySelector(".heat .cold0");
                      const inks = [hot, cold].map(e => getComputedStyle(e).fill.slice(0, 3));
                      const box = svg.querySelector("g.heat").getBoundingClientRect(), all = svg.getBoundingClientRect();
                      return JSON.stringify([...inks, box.width > 200 && box.height > 100 && box.left >= all.left
                        && box.right <= all.right && getComputedStyle(hot).fill !== getComputedStyle(cold).fill]);
                    })()""").asString(), scheme);
        }
    }

    @Test
    void pointingAtALineReadsItsValue() throws Exception {
        browser.open(page, 1280, "light");
        String said = browser.evaluate("""
                (() => {
                  const figure = [...document.querySelectorAll("figure")].find(f => f.textContent.includes("epoch that was kept"));
                  const svg = figure.querySelector("svg.wide");
                  const box = svg.getBoundingClientRect();
                  svg.dispatchEvent(new PointerEvent("pointermove",
                    {clientX: box.right - 16, clientY: box.top + box.height / 2, bubbles: true}));
                  return figure.querySelector(".readout").textContent;
                })()""").asString();
        double last = SampleRun.of(7).curves().getLast().epochs().getLast().validationMetric();
        assertTrue(said.contains("teacher 4.") && said.contains("student fp32 4."), said);
        assertEquals(last, Double.parseDouble(said.replaceAll(".*student fp32 ", "")), 0.02, said);
    }

    @Test
    void hostileTextDoesNotRun() throws Exception {
        Path hostile = folder.resolve("hostile.html");
        HtmlReport.write(new RunReport("<script>document.title='run'</script>", "</style><img src=x onerror=alert(1)>", "",
                List.of(), List.of(), List.of(new SeriesComparison("<svg/onload=alert(1)>", "\"><script>1</script>", null,
                        new double[] {1, 2}, new double[] {1, 2}, List.of(), 2)), List.of(), null, List.of(), List.of()),
                hostile);
        browser.open(hostile, 390, "light");
        assertEquals(List.of(), browser.complaints);
        assertEquals("<script>document.title='run'</script>", browser.evaluate("document.title").asString());
        assertEquals(0, browser.evaluate("document.querySelectorAll('img').length").asInt());
    }

    private static void screenshot(String name) throws InterruptedException, IOException {
        String target = System.getProperty("adze.screenshots");
        if (target != null) {
            Path file = Files.createDirectories(Path.of(target)).resolve(name);
            Files.write(file, Base64.getDecoder().decode(browser.screenshot()));
        }
    }
}
