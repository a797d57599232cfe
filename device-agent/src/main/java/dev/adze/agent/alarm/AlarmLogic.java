package dev.adze.agent.alarm;

import dev.adze.profiles.Profile.Alarm;
import java.util.Arrays;

/**
 * When one alarm is raised and cleared: {@code k} of the newest {@code n} values beyond the level raise it, {@code k} of
 * the newest {@code n} on the other side of the clear level clear it; values in between do neither, nor do those before
 * the last change. Allocates nothing.
 */
final class AlarmLogic {
    private final Alarm alarm;
    private final byte[] newest;
    private int count;
    private boolean raised;
    private double previous = Double.NaN;
    private long previousMillis;
    private double watched = Double.NaN;

    AlarmLogic(Alarm alarm) {
        this.alarm = alarm;
        newest = new byte[alarm.n()];
    }

    /**
     * Takes in one value; one that is not a number says nothing.
     *
     * @return whether the alarm was raised or cleared by it
     */
    boolean update(double value, long epochMillis) {
        watched = alarm.rate() ? rate(value, epochMillis) : value;
        if (!Double.isFinite(watched)) {
            return false;
        }
        boolean beyond = alarm.above() ? watched > alarm.level() : watched < alarm.level();
        boolean clear = alarm.above() ? watched <= alarm.clear() : watched >= alarm.clear();
        newest[count] = (byte) (beyond ? 1 : clear ? -1 : 0);
        count = (count + 1) % newest.length;
        int votes = 0;
        for (byte vote : newest) {
            votes += vote == (raised ? -1 : 1) ? 1 : 0;
        }
        if (votes < alarm.k()) {
            return false;
        }
        raised = !raised;
        // What raised it must not clear it: votes are counted from the change on.
        Arrays.fill(newest, (byte) 0);
        return true;
    }

    private double rate(double value, long epochMillis) {
        double change = epochMillis > previousMillis ? 1000 * (value - previous) / (epochMillis - previousMillis) : Double.NaN;
        previous = value;
        previousMillis = epochMillis;
        return change;
    }

    boolean raised() {
        return raised;
    }

    AlarmChange change(long epochMillis) {
        return new AlarmChange(alarm.name(), raised, alarm.output(), watched, epochMillis);
    }
}
