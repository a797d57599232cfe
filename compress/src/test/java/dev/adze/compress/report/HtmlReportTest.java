package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class HtmlReportTest {
    private static final String HOSTILE = "<script>alert(1)</script>\"' onload='x' &amp; \u0000\u001b[2J\uD800 ]]> -->";

    @Test
    void thePageAndEachPictureAreWellFormed() {
        String html = HtmlReport.html(SampleRun.of(7));
        Markups.parse(html);
        List<String> pictures = Markups.pictures(html);
        assertEquals(32, pictures.size(), "sixteen figures in two sizes");
        pictures.forEach(Markups::parse);
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        String html = HtmlReport.html(SampleRun.of(7));
        String without = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "").replace("http-equiv", "");
        assertFalse(without.contains("http"), () -> "at " + without.indexOf("http"));
        assertFalse(without.matches("(?s).*(@import|url\\(|src=|<link|<img|<iframe).*"));
        assertTrue(html.contains("default-src 'none'"));
    }

    @Test
    void everyPictureHasTitleDescriptionAndNumbers() {
        Document page = Markups.parse(HtmlReport.html(SampleRun.of(7)));
        for (Element svg : Markups.elements(page, "svg")) {
            String[] ids = svg.getAttribute("aria-labelledby").split(" ");
            assertEquals("title", byId(page, ids[0]).getLocalName());
            assertEquals("desc", byId(page, ids[1]).getLocalName());
            assertFalse(byId(page, ids[1]).getTextContent().isBlank());
        }
        for (Element figure : Markups.elements(page, "figure")) {
            assertTrue(figure.getElementsByTagNameNS("*", "td").getLength() > 0, figure.getTextContent());
        }
    }

    @Test
    void idsAreUnique() {
        Set<String> ids = new HashSet<>();
        for (Element element : Markups.elements(Markups.parse(HtmlReport.html(SampleRun.of(7))), "*")) {
            if (element.hasAttribute("id")) {
                assertTrue(ids.add(element.getAttribute("id")), element.getAttribute("id"));
            }
        }
    }

    @Test
    void hostileNamesStayText() {
        RunReport hostile = hostile();
        String html = HtmlReport.html(hostile);
        Document page = Markups.parse(html);
        assertEquals(1, Markups.elements(page, "script").size(), "only the page's own script");
        for (Element element : Markups.elements(page, "*")) {
            assertFalse(element.hasAttribute("onload"));
        }
        assertTrue(Markups.elements(page, "h1").getFirst().getTextContent().contains("<script>alert(1)</script>"));
    }

    @Test
    void theStageTableShowsWhatTheRecordsHold() {
        Document page = Markups.parse(HtmlReport.html(SampleRun.of(7)));
        List<List<String>> rows =
                Markups.table(page, "Measured on the held-out part; intervals in parentheses where computed");
        assertEquals(List.of("stage", "parameters", "MACs a step", "file", "RMSE [%]", "MAE [%]", "step p50", "step p99"),
                rows.get(0));
        assertEquals(List.of("teacher", "11.9 M", "11.9 M", "47.6 MB", "4.312 (4.180 … 4.450)", "3.062", "2.04 ms",
                "2.71 ms"), rows.get(1));
        assertEquals(List.of("student int8", "3.84 M", "3.84 M", "3.88 MB", "4.345 (4.210 … 4.490)", "3.085", "82.4 µs",
                "97.6 µs"), rows.get(3));
        List<List<String>> live = Markups.table(page, "Latency by stage");
        assertEquals(List.of("infer", "40", "84.9 µs", "99.1 µs", "–", "–", "140 µs"), live.get(4));
    }

    @Test
    void headlinesAreComputedFromFirstAndLastStage() {
        assertEquals(List.of(
                new Headline("3.10×", "fewer parameters", "11.9 M → 3.84 M"),
                new Headline("12×", "smaller file", "47.6 MB → 3.88 MB"),
                new Headline("25×", "faster step", "2.04 ms → 82.4 µs (median)"),
                new Headline("+0.77 %", "RMSE (lower is better)", "4.312 → 4.345 %")),
                Headline.of(SampleRun.of(7).stages()));
    }

    @Test
    void anEmptyReportIsAPage() {
        RunReport empty = new RunReport("empty", null, null, null, null, null, null, null, null, null);
        Document page = Markups.parse(HtmlReport.html(empty));
        assertEquals(0, Markups.elements(page, "svg").size());
    }

    @Test
    void missingFiguresAndNothingMeasuredAreShownAsSuch() {
        StageResult bare = new StageResult("foreign teacher", null, null, null, null, null,
                Metric.error("RMSE", null, Double.NaN), null, null, "its engine cannot step", null);
        RunReport report = new RunReport("t", "", "", List.of(bare, bare),
                List.of(new TrainingCurve("s", null, null, null, 3, List.of()),
                        new TrainingCurve("s", null, null, null, 1, List.of(
                                new TrainingCurve.Epoch(1, Double.NaN, Double.POSITIVE_INFINITY, 0, Double.NaN)))),
                List.of(new SeriesComparison("y", "", null, new double[0], new double[0], List.of(), 0),
                        new SeriesComparison("y", "", null, new double[] {5}, new double[] {2}, List.of(), 1)),
                List.of(Histograms.of("y", "", 10, new LinkedHashMap<>()),
                        Histograms.of("y", "", 10, new LinkedHashMap<>(java.util.Map.of("s", new double[] {Double.NaN})))),
                new LiveRun(null, List.of(new LatencySummary("read", 0, null, null, null, null, null)), null), null, null);
        String html = HtmlReport.html(report);
        Markups.parse(html);
        assertTrue(html.contains("no latency: its engine cannot step"));
        assertFalse(html.contains("NaN"), "NaN is shown as a dash");
    }

    @Test
    void stagesThatNoOtherBeatsAreMarked() {
        List<StageResult> stages = List.of(stage("large", 2.0, 4000, 9), stage("small", 2.5, 100, 1), stage("worse", 2.6, 200, 1));
        String html = HtmlReport.html(new RunReport("t", "", "", stages, List.of(), List.of(), List.of(), null, List.of(), List.of()));
        assertTrue(html.contains("behind small"), html);
        assertEquals(1, html.split("behind ", -1).length - 1, "one stage is beaten, by one other");
        assertEquals(2, html.split(">on it<", -1).length - 1);
    }

    private static StageResult stage(String name, double error, long bytes, double micros) {
        return new StageResult(name, "fp32", "", 1L, 1L, bytes, Metric.error("RMSE", "", error), List.of(),
                new StepLatency(micros, 2 * micros, 100, ""), null, List.of());
    }

    @Test
    void errorsByUnitAreListedByName() {
        List<List<String>> rows = Markups.table(Markups.parse(HtmlReport.html(SampleRun.of(7))),
                "Root mean square error of cpu.total [%] by held-out unit");
        assertEquals(List.of("held-out unit", "teacher", "student int8"), rows.get(0));
        assertEquals(List.of("unit 2", "–", "–"), rows.get(2));
        assertEquals(List.of("unit 3", "4.600", "4.500"), rows.get(3));
    }

    @Test
    void theInsideOfTheStudentIsDrawnWithItsNumbers() {
        double[] values = {0, 1, 2, 3, 4, 5, 6, 7};
        GateActivity activity = new GateActivity("layer 0", "2 steps of engine 1",
                List.of(GateActivity.Signal.of("hidden", values, 4, 2)));
        LinkedHashMap<String, double[]> gates = new LinkedHashMap<>();
        gates.put("f", values);
        RunReport report = new RunReport("t", "", "", List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), new Inside("",
                List.of(Histograms.of("weights here", "", 8, gates)), List.of(), List.of(activity)), null, List.of(), List.of());
        Document page = Markups.parse(HtmlReport.html(report));
        assertEquals(List.of("f", "8", "3.50", "2.45", "0.350", "3.50", "6.65", "7.00", "1"),
                Markups.table(page, "weights here").get(1));
        assertEquals(List.of("2", "hidden", "5.50", "4.15", "6.85"),
                Markups.table(page, "layer 0 over 2 steps of engine 1: mean of its units").get(2));
        assertEquals(List.of("1", "2.50", "1.50", "0.500"),
                Markups.table(page, "layer 0 over 2 steps of engine 1: hidden values of its units").get(1));
    }

    private static Element byId(Document page, String id) {
        return Markups.elements(page, "*").stream()
                .filter(element -> element.getAttribute("id").equals(id)).findFirst().orElseThrow();
    }

    private static RunReport hostile() {
        StageResult stage = new StageResult(HOSTILE, HOSTILE, HOSTILE, 5L, 5L, 5L,
                Metric.error(HOSTILE, HOSTILE, 1).withInterval(0.5, 2), List.of(Metric.error("x" + HOSTILE, "", 2)),
                new StepLatency(1, 2.0, 3, HOSTILE), HOSTILE, List.of(HOSTILE));
        LinkedHashMap<String, double[]> errors = new LinkedHashMap<>();
        errors.put(HOSTILE, new double[] {1, 2, 3});
        return new RunReport(HOSTILE, HOSTILE, HOSTILE, List.of(stage, stage),
                List.of(new TrainingCurve(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 1,
                        List.of(new TrainingCurve.Epoch(1, 1, 1, 1, 1)))),
                List.of(new SeriesComparison(HOSTILE, HOSTILE, null, new double[] {1, 2}, new double[] {1, 2},
                        List.of(new SeriesComparison.Prediction(HOSTILE, new double[] {2, 3})), 2)),
                List.of(Histograms.of(HOSTILE, HOSTILE, 4, errors)),
                List.of(new ErrorProfile(HOSTILE, HOSTILE, HOSTILE, List.of(HOSTILE), List.of(
                        new ErrorProfile.Errors(HOSTILE, new double[] {1})))), null,
                new Inside(HOSTILE, List.of(Histograms.of(HOSTILE, HOSTILE, 4, errors)), List.of(), List.of(new GateActivity(
                        HOSTILE, HOSTILE, List.of(GateActivity.Signal.of(HOSTILE, new double[] {1, -1}, 1, 1))))),
                new LiveRun(HOSTILE, List.of(new LatencySummary(HOSTILE, 1, 1.0, 2.0, 3.0, 4.0, 5.0)),
                        List.of(new KeyValue(HOSTILE, HOSTILE))),
                List.of(new KeyValue(HOSTILE, HOSTILE)), List.of(HOSTILE));
    }
}
