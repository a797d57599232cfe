package dev.adze.compress.advise;

import dev.adze.compress.data.RecordingSummary;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.compress.dataset.TimeGrid;
import dev.adze.runtime.AdzeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Proposes architecture and recipe for a recording, a question and a device, with the reasons. */
public final class Advisor {
    private static final double MAX_GAP_PERIODS = 20; // as a run cuts series
    private static final int MAX_LAG = 1024;
    private static final int MOST_CLASSES = 12;
    private static final int MOST_CHANNELS = 24;
    private static final int LEAST_ROWS = 200;
    private static final int UNITS_TO_SPLIT_BY = 10;

    private final SensorRecording recording;
    private final RecordingSummary summary;
    private final Question question;
    private final Budget budget;
    private final List<String> reasons = new ArrayList<>();

    private Advisor(SensorRecording recording, Question question, Budget budget) {
        this.recording = recording;
        this.question = question;
        this.budget = budget;
        summary = RecordingSummary.of(recording, 3);
    }

    /**
     * @param read  the recording as it was read
     * @param files the recipe's {@code data} section, as YAML in one line
     * @throws AdzeException USAGE for a channel that does not exist, BAD_DATA for one that says nothing or too few rows
     */
    public static Advice advise(SensorRecording read, Question question, Budget budget, String files) {
        return new Advisor(TimeGrid.regularize(read, MAX_GAP_PERIODS), question, budget).advise(files);
    }

    private Advice advise(String files) {
        int target = target();
        float[] now = question.life() ? life() : recording.column(target);
        int longest = summary.series().maxRows();
        say("data: %d rows in %d series%s, %d channels", recording.rowCount(), summary.series().count(),
                recording.periodMillis() > 0 ? " every " + recording.periodMillis() + " ms" : "", recording.channelCount());
        if (recording.rowCount() < LEAST_ROWS) {
            throw bad(recording.rowCount() + " rows are too few to say anything; give at least " + LEAST_ROWS);
        }
        var own = Autocorrelation.of(now, recording.series(), Math.min(MAX_LAG, Math.max(2, longest / 3)));
        Kind kind = kind(target, now);
        int horizon = horizon(kind, own);
        noise(own, kind);
        float[] wanted = kind == Kind.FORECAST ? ahead(now, horizon) : now;
        Dependence told = Dependence.of(recording, inputs(kind, target), wanted, kind == Kind.FORECAST ? target : -1);
        List<String> channels = channels(kind, told, horizon);
        int window = window(told, longest, horizon);
        boolean byUnit = summary.series().units() >= UNITS_TO_SPLIT_BY;
        boolean stream = kind == Kind.FORECAST && recording.hasTimestamps() && longest >= 8 * window;
        say(stream ? "stream: rows are in time and series long, so the state is carried on and a step costs one step"
                : "windows of %d steps from zero state: %s", window, kind == Kind.LIFE ? "as remaining life is judged in publications"
                : !recording.hasTimestamps() ? "rows are not in time" : "series are short or the target is of now");
        double alike = own.integratedTime();
        long most = Math.max(1_000, Math.round(20 * Math.sqrt(recording.rowCount() * 0.7 * Math.max(1, recording.rowCount() * 0.7 / alike))));
        say("size of the data: neighbouring rows are alike, one in %.0f says something new of the target; a rule of thumb (20 parameters"
                + " for each of the geometric mean of all and the new rows) allows a student of %d parameters", alike, most);
        int classes = kind == Kind.CLASSES ? classes(now) : 1;
        var student = Sizing.student(channels.size(), classes, most, budget);
        var teacher = Sizing.teacher(channels.size(), classes, student);
        say("student: LSTM %d x %d, %d parameters, about %d bytes in int8; limited by %s", student.layers(), student.hiddenSize(),
                student.network().parameterCount(), Sizing.int8Bytes(student.network()), student.limit());
        if (student.p99Micros() > 0) {
            say("a step of it takes %.1f us here (99th percentile, int8)%s", student.p99Micros(), budget.slower() == 1 ? ""
                    : String.format(Locale.ROOT, ", %.1f us on a device %.3g times slower", student.p99Micros() * budget.slower(), budget.slower()));
            if (student.p99Micros() * budget.slower() > budget.stepMicros()) {
                say("even the smallest student misses the %.1f us of %s: take a faster device or a lower rate", budget.stepMicros(), budget.origin());
            }
        }
        say("teacher: LSTM %d x %d, %d parameters, %s; LSTM rather than GRU, since it costs the device little and remembers longer",
                teacher.layers(), teacher.hiddenSize(), teacher.network().parameterCount(), teacher.limit());
        var plan = new RecipeText.Plan(kind, question.target(), horizon, window, stream, byUnit, channels, classes, cap(kind),
                own.noiseShare(), student, teacher, recording.rowCount());
        return new Advice(List.copyOf(reasons), RecipeText.of(plan, files, reasons));
    }

    enum Kind { FORECAST, NOW, CLASSES, LIFE }

    private int target() {
        if (question.life()) {
            return -1;
        }
        if (!recording.channelNames().contains(question.target())) {
            throw new AdzeException(AdzeException.Kind.USAGE, "there is no channel " + question.target() + "; there are "
                    + String.join(", ", recording.channelNames()) + " (and " + Question.REMAINING_LIFE + ", for series that end in failure)");
        }
        var channel = summary.channels().get(recording.indexOf(question.target()));
        if (channel.constant() || channel.validPercent() == 0) {
            throw bad("channel " + question.target() + (channel.constant() ? " is constant" : " has no value") + "; name one that varies");
        }
        return recording.indexOf(question.target());
    }

    private float[] life() {
        if (summary.series().count() < 3) {
            throw bad("remaining life needs at least three series that end in failure, and there are " + summary.series().count());
        }
        float[] life = new float[recording.rowCount()];
        float cap = cap(Kind.LIFE);
        for (Series s : recording.series()) {
            for (int row = s.startRow(); row < s.endRow(); row++) {
                life[row] = Math.min(cap, s.endRow() - 1 - row);
            }
        }
        return life;
    }

    /** Nothing shows long before the end: the published cap of 125 cycles is near six tenths of a median engine's life. */
    private float cap(Kind kind) {
        return kind == Kind.LIFE ? Math.max(2, Math.round(0.6 * summary.series().medianRows())) : 0;
    }

    private Kind kind(int target, float[] now) {
        if (question.life()) {
            say("remaining life, capped at %.0f steps, six tenths of the median series: before that nothing shows", cap(Kind.LIFE));
            return Kind.LIFE;
        }
        if (question.horizonSteps() > 0) {
            return Kind.FORECAST;
        }
        int classes = classes(now);
        if (classes > 1) {
            say("%s holds the whole numbers 0 to %d: classes", question.target(), classes - 1);
            return Kind.CLASSES;
        }
        return question.horizonSteps() == 0 ? Kind.NOW : Kind.FORECAST;
    }

    /** Number of classes if the values are 0, 1, ... n - 1; else 0. */
    private static int classes(float[] values) {
        var found = new TreeSet<Float>();
        for (float value : values) {
            if (!Float.isNaN(value) && found.add(value) && (found.size() > MOST_CLASSES || value != Math.rint(value))) {
                return 0;
            }
        }
        return found.size() > 1 && found.first() == 0 && found.last() == found.size() - 1 ? found.size() : 0;
    }

    private int horizon(Kind kind, Autocorrelation own) {
        if (kind != Kind.FORECAST) {
            return 0;
        }
        int half = own.firstBelow(0.5);
        int period = own.period();
        say("length of dependence: the target's correlation with its past falls below 0.5 after %s steps, below 0.1 after %s%s",
                after(own, 0.5), after(own, 0.1), period > 0 ? ", and rises again every " + period + " steps" : "");
        if (question.horizonSteps() > 0) {
            double left = question.horizonSteps() < own.r().length ? own.r()[question.horizonSteps()] : 0;
            say("horizon: %d steps, as asked; the correlation over it is %.2f", question.horizonSteps(), left);
            return question.horizonSteps();
        }
        int horizon = Math.clamp(half, 1, Math.max(1, summary.series().maxRows() / 8));
        say(own.r()[horizon] < 0.5 ? "horizon: %d steps, where its newest value tells a quarter of the variance: nearer is easy, further is"
                + " guessing" : "horizon: %d steps, the furthest looked at, since the target is slow; --horizon asks for another", horizon);
        return horizon;
    }

    private static String after(Autocorrelation own, double level) {
        int lag = own.firstBelow(level);
        return own.r()[lag] < level ? String.valueOf(lag) : "more than " + lag;
    }

    private void noise(Autocorrelation own, Kind kind) {
        if (kind != Kind.LIFE && kind != Kind.CLASSES) {
            say("noise: about %.0f %% of the target's variance does not outlast one step%s", 100 * own.noiseShare(),
                    own.noiseShare() > 0.1 ? "; a Huber loss and noise in training make little of it" : "");
        }
    }

    private float[] ahead(float[] now, int horizon) {
        float[] later = new float[now.length];
        Arrays.fill(later, Float.NaN);
        for (Series s : recording.series()) {
            for (int row = s.startRow(); row < s.endRow() - horizon; row++) {
                later[row] = now[row + horizon];
            }
        }
        return later;
    }

    private List<Integer> inputs(Kind kind, int target) {
        var left = summary.channels().stream().filter(c -> c.constant() || c.duplicateOf() != null || c.validPercent() < 20)
                .map(RecordingSummary.ChannelSummary::name).toList();
        if (!left.isEmpty()) {
            say("left out, constant, a copy of another or mostly missing: %s", String.join(", ", left));
        }
        return IntStream.range(0, recording.channelCount()).filter(k -> kind == Kind.FORECAST || k != target)
                .filter(k -> k == target || !left.contains(recording.channelNames().get(k))).boxed().toList();
    }

    private List<String> channels(Kind kind, Dependence told, int horizon) {
        List<String> channels = new ArrayList<>(told.channels().stream().limit(MOST_CHANNELS).map(Dependence.Told::channel).toList());
        if (channels.isEmpty()) {
            throw bad("no channel tells more of " + question.target() + (horizon > 0 ? " " + horizon + " steps ahead" : "")
                    + " than chance does: nothing can be learned; give more rows, other channels" + (horizon > 1 ? ", or a nearer --horizon" : ""));
        }
        if (kind == Kind.FORECAST && !channels.contains(question.target())) {
            channels.add(question.target());
        }
        say("mutual information: %s", told.channels().stream().limit(6).map(c -> String.format(Locale.ROOT, "%s %.2f bits now%s",
                c.channel(), c.now(), c.lag() == 0 ? "" : String.format(Locale.ROOT, " and %.2f beyond it from up to %d steps back",
                c.past(), c.lag()))).collect(Collectors.joining("; ")) + (told.channels().size() > 6 ? "; and less of others" : ""));
        say("inputs: the %d channels that tell more than chance (of %d)", channels.size(), recording.channelCount());
        return channels;
    }

    private int window(Dependence told, int longest, int horizon) {
        int memory = told.memory();
        int room = Math.max(4, Math.min(longest / 6, (longest / 4 - horizon)));
        int window = Math.min(Math.min(512, room), Math.max(16, (int) Math.ceil(1.5 * memory / 8) * 8));
        say(memory == 0 ? "window: %d steps, the shortest: older values tell nothing beyond the newest"
                : "window: %d steps, half as long again as the %d steps back that still tell something", window, memory);
        return window;
    }

    private void say(String format, Object... values) {
        reasons.add(String.format(Locale.ROOT, format, values));
    }

    private static AdzeException bad(String message) {
        return new AdzeException(AdzeException.Kind.BAD_DATA, message);
    }
}
