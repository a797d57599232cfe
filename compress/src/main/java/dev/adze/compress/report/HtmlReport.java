package dev.adze.compress.report;

import dev.adze.compress.report.ConsoleTable.Column;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The page of a run: one file, readable on a phone and in print, in light and dark, without network. */
public final class HtmlReport {
    private HtmlReport() {}

    /** Writes whole or not at all. @throws dev.adze.runtime.AdzeException CANNOT_WRITE */
    public static void write(RunReport report, Path file) {
        AtomicText.write(file, html(report));
    }

    /** The page's text. Equal reports give equal pages. */
    public static String html(RunReport report) {
        Markup page = new Markup();
        headlines(page, report);
        stages(page, report);
        Pictures pictures = new Pictures(page);
        if (!report.stages().isEmpty()) {
            page.section("Size, accuracy, latency");
            pictures.sizeAccuracyLatency(report.stages());
            page.end();
        }
        if (!report.comparisons().isEmpty()) {
            page.section("Forecast against truth");
            report.comparisons().forEach(pictures::comparison);
            page.end();
        }
        if (!report.errors().isEmpty()) {
            page.section("Distribution of errors");
            report.errors().forEach(pictures::errors);
            page.end();
        }
        if (!report.profiles().isEmpty()) {
            page.section("Errors by part");
            report.profiles().forEach(new ProfilePictures(page)::draw);
            page.end();
        }
        if (!report.sensitivity().isEmpty()) {
            page.section("Sensitivity to quantization");
            for (Sensitivity precision : report.sensitivity()) {
                new SensitivityPictures(page).parts(precision);
            }
            new SensitivityPictures(page).lags(report.sensitivity());
            page.end();
        }
        if (report.inside() != null) {
            page.section("Inside the student");
            new InsidePictures(page).draw(report.inside());
            page.end();
        }
        if (!report.curves().isEmpty()) {
            page.section("Training");
            pictures.training(report.curves());
            page.end();
        }
        if (report.live() != null) {
            page.section("Live agent");
            page.paragraph(report.live().description());
            pictures.live(report.live());
            if (!report.live().facts().isEmpty()) {
                page.facts(report.live().facts());
            }
            page.end();
        }
        origin(page, report);
        return Page.of(report.title(), report.subtitle(), page.toString());
    }

    private static void headlines(Markup page, RunReport report) {
        page.paragraph(report.task());
        List<Headline> headlines = Headline.of(report.stages());
        if (headlines.isEmpty()) {
            return;
        }
        page.raw("<section class=\"headlines\" aria-label=\"Headline figures\">\n");
        for (Headline headline : headlines) {
            page.raw("<div class=\"headline\">\n")
                    .text("p", "class=\"figure\"", headline.figure())
                    .text("p", "class=\"label\"", headline.label())
                    .text("p", "class=\"detail\"", headline.detail())
                    .raw("</div>\n");
        }
        page.end();
        if (report.stages().size() > 1) {
            page.text("p", "class=\"muted\"", "From " + report.stages().getFirst().name() + " to "
                    + report.stages().getLast().name() + ".");
        }
    }

    private static void stages(Markup page, RunReport report) {
        List<StageResult> stages = report.rows();
        if (stages.isEmpty()) {
            return;
        }
        page.section("Stages");
        page.cardTable("Measured on the held-out part; intervals in parentheses where computed",
                StageTable.columns(stages), StageTable.rows(stages));
        page.bullets(stages.stream().map(HtmlReport::notes).toList()).end();
    }

    /** What the table has no column for, one line a stage. */
    private static String notes(StageResult stage) {
        List<String> notes = new ArrayList<>();
        if (!stage.architecture().isBlank()) {
            notes.add(stage.architecture());
        }
        if (!stage.precision().isBlank()) {
            notes.add(stage.precision());
        }
        if (stage.parameters() != null) {
            notes.add(Units.exact(stage.parameters()) + " parameters");
        }
        if (stage.latency() != null) {
            notes.add("latency of " + Units.exact(stage.latency().count()) + " steps"
                    + (stage.latency().engine().isBlank() ? "" : " by " + stage.latency().engine()));
        } else if (stage.latencyMissing() != null) {
            notes.add("no latency: " + stage.latencyMissing());
        }
        notes.addAll(stage.notes());
        return stage.name() + ": " + String.join("; ", notes) + ".";
    }

    private static void origin(Markup page, RunReport report) {
        if (!report.methods().isEmpty()) {
            page.section("How the numbers were taken").bullets(report.methods()).end();
        }
        if (!report.provenance().isEmpty()) {
            page.section("Where this comes from").facts(report.provenance()).end();
        }
    }

    /** Columns of a table of numbers beside a picture: the first is text, the others are numbers. */
    static List<Column> numbers(String first, List<String> others) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.text(first));
        others.forEach(name -> columns.add(Column.number(name)));
        return columns;
    }
}
