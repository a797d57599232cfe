package dev.adze.agent.sensor.line;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.chip.LinearInput;
import dev.adze.agent.sensor.talk.Hearing;
import dev.adze.profiles.SensorDevice.Input;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lines with numbers in them: by column, counted from 1, between spaces, commas or semicolons; or by the word before them,
 * {@code temp=23.5}, {@code temp: 23.5}, {@code "temp": 23.5}. A line without an input's word tells nothing of it; a column
 * that is there but is no number is invalid.
 */
final class NumberLines implements LineParser {
    private static final String NUMBER = "([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]{1,3})?)";
    private static final Pattern ONLY_NUMBER = Pattern.compile(NUMBER);
    private static final Pattern GAP = Pattern.compile("\\s*[,;]\\s*|\\s+");
    private static final int LONGEST_NUMBER = 40;

    private final List<Input> inputs;
    private final List<LinearInput> linear;
    private final List<Pattern> words;
    private final int[] columns;

    NumberLines(List<Input> inputs) {
        this.inputs = inputs;
        linear = inputs.stream().map(LinearInput::new).toList();
        columns = inputs.stream().mapToInt(i -> i.from().matches("[1-9][0-9]{0,3}") ? Integer.parseInt(i.from()) : 0).toArray();
        words = inputs.stream().map(i -> Pattern.compile("(?:^|[^\\w.])" + Pattern.quote(i.from()) + "[\"']?\\s*[=:]\\s*[\"']?([^\\s,;\"'}]*)"))
                .toList();
    }

    @Override
    public List<ChannelInfo> channels() {
        return inputs.stream().map(i -> new ChannelInfo(i.name(), i.unit())).toList();
    }

    @Override
    public void parse(String line, ReadingBuffer latest, Hearing.Told told) {
        String[] parts = null;
        for (int i = 0; i < columns.length; i++) {
            String text = null;
            if (columns[i] > 0) {
                parts = parts == null ? GAP.split(line.strip()) : parts;
                text = columns[i] <= parts.length ? parts[columns[i] - 1] : null;
            } else {
                Matcher m = words.get(i).matcher(line);
                text = m.find() ? m.group(1) : null;
            }
            if (text != null) {
                set(text, latest, i);
                told.channel(i);
            }
        }
    }

    private void set(String text, ReadingBuffer latest, int channel) {
        // A unit may follow without a space: 23.5C.
        Matcher m = ONLY_NUMBER.matcher(text);
        if (text.length() <= LONGEST_NUMBER && m.lookingAt() && text.substring(m.end()).chars().noneMatch(Character::isDigit)) {
            linear.get(channel).set(Double.parseDouble(m.group()), latest, channel);
        } else {
            latest.invalid(channel, "the line has no number there");
        }
    }
}
