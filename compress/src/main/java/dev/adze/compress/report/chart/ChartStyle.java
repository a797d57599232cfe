package dev.adze.compress.report.chart;

/**
 * Colours of the charts as CSS. The series palette follows Okabe and Ito's set for colour-blind readers, darkened for
 * light paper and lightened for dark so that every line has a contrast of at least 3:1 to its background (WCAG 2.2,
 * 1.4.11); dashes and markers tell the series apart without colour.
 */
public final class ChartStyle {
    /** Distinct series styles; further series start again. */
    static final int SERIES = 6;

    private static final String[] NAMES = {
        "bg", "card", "fg", "muted", "rule", "accent", "warn", "plain", "s0", "s1", "s2", "s3", "s4", "s5"
    };
    private static final String[] LIGHT = {
        "#f6f7f9", "#ffffff", "#17202a", "#55606d", "#d9dee5", "#005a9c", "#a33a00", "#8b95a1",
        "#0068a8", "#c04b00", "#00795a", "#a8467e", "#8a6d00", "#3a3f9e"
    };
    private static final String[] DARK = {
        "#12161c", "#1a2029", "#e8ecf1", "#a3aebb", "#323b47", "#6cb8f0", "#ff9a5c", "#77828f",
        "#5cb4ec", "#ff9147", "#2fc79a", "#e59ac6", "#e2c044", "#a7adff"
    };
    private static final String[] DASHES = {"none", "7 3", "2 3", "9 3 2 3", "12 4", "5 2 1 2 1 2"};

    private ChartStyle() {}

    /** Variables for light paper, for dark by the reader's setting, and for a choice made on the page. */
    public static String variables() {
        return ":root{" + block(LIGHT) + "color-scheme:light}\n"
                + "@media (prefers-color-scheme:dark){:root{" + block(DARK) + "color-scheme:dark}}\n"
                + ":root[data-theme=light]{" + block(LIGHT) + "color-scheme:light}\n"
                + ":root[data-theme=dark]{" + block(DARK) + "color-scheme:dark}\n"
                + "@media print{:root,:root[data-theme]{" + block(LIGHT) + "color-scheme:light}}\n";
    }

    /** Rules for the classes that charts use. */
    public static String rules() {
        StringBuilder css = new StringBuilder("""
                .chart text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;fill:var(--fg)}
                .chart .tick{fill:var(--muted);font-variant-numeric:tabular-nums}
                .chart .axis{fill:var(--muted)}
                .chart .name{font-weight:600}
                .chart .heading{font-weight:600;font-size:16px}
                .chart .paper{fill:var(--card)}
                .chart .grid{stroke:var(--rule);stroke-width:1}
                .chart .shade{fill:var(--rule);fill-opacity:.35}
                .chart .leader{fill:none;stroke:var(--muted);stroke-width:1.5}
                .chart .frame{stroke:var(--muted);stroke-width:1;fill:none}
                .chart .line{fill:none;stroke-width:2;stroke-linejoin:round}
                .chart .line.dense{stroke-width:1.25}
                .chart .mark{stroke:var(--card);stroke-width:1}
                .chart .ring{fill:none;stroke-width:2}
                .chart .bar{stroke:none}
                .chart .whisker{fill:none;stroke:var(--fg);stroke-width:1.5}
                .chart .limit{stroke:var(--warn);stroke-width:2.5}
                .chart .bubble{fill-opacity:.3;stroke-width:2}
                .chart .bar.plain,.chart .mark.plain{fill:var(--plain)}
                .chart .break{fill:none;stroke:var(--card);stroke-width:3}
                .chart .cursor{stroke:var(--fg);stroke-width:1;stroke-dasharray:2 2}
                .chart .line.truth{stroke:var(--fg);stroke-width:3;stroke-opacity:.55}
                .chart .mark.truth{fill:var(--fg)}
                """);
        for (int i = 0; i < SERIES; i++) {
            css.append(".chart .line.s").append(i).append("{stroke:var(--s").append(i).append(");stroke-dasharray:")
                    .append(DASHES[i]).append("}\n");
            css.append(".chart .mark.s").append(i).append(",.chart .bar.s").append(i)
                    .append("{fill:var(--s").append(i).append(")}\n");
            css.append(".chart .bubble.s").append(i).append("{fill:var(--s").append(i)
                    .append(");stroke:var(--s").append(i).append(")}\n");
            css.append(".chart .ring.s").append(i).append("{stroke:var(--s").append(i).append(")}\n");
        }
        for (int shade = 0; shade < HeatChart.SHADES; shade++) {
            String opacity = ";fill-opacity:" + (shade + 1) / (double) HeatChart.SHADES + ";stroke:none}\n";
            css.append(".chart .hot").append(shade).append("{fill:var(--s1)").append(opacity);
            css.append(".chart .cold").append(shade).append("{fill:var(--s0)").append(opacity);
        }
        return css.toString();
    }

    private static String block(String[] colours) {
        StringBuilder css = new StringBuilder();
        for (int i = 0; i < NAMES.length; i++) {
            css.append("--").append(NAMES[i]).append(':').append(colours[i]).append(';');
        }
        return css.toString();
    }
}
