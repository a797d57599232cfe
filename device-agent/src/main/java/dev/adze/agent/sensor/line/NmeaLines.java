package dev.adze.agent.sensor.line;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.talk.Hearing;
import java.util.List;

/**
 * Position, speed and course of a satellite receiver, from the sentences GGA and RMC of NMEA 0183, whoever the talker
 * ($GP, $GN, $GL, ...). A sentence without the right checksum tells nothing; one without a fix makes its channels missing.
 */
final class NmeaLines implements LineParser {
    private static final double METRES_PER_SECOND_PER_KNOT = 1852 / 3600.0;
    private static final int LATITUDE = 0;
    private static final int LONGITUDE = 1;
    private static final int ALTITUDE = 2;
    private static final int SPEED = 3;
    private static final int COURSE = 4;
    private static final int SATELLITES = 5;
    private static final int DILUTION = 6;
    private static final String NO_FIX = "the receiver has no fix";

    @Override
    public List<ChannelInfo> channels() {
        return List.of(new ChannelInfo("latitude", "deg"), new ChannelInfo("longitude", "deg"), new ChannelInfo("altitude", "m"),
                new ChannelInfo("speed", "m/s"), new ChannelInfo("course", "deg"), new ChannelInfo("satellites", ""),
                new ChannelInfo("hdop", ""));
    }

    @Override
    public void parse(String line, ReadingBuffer latest, Hearing.Told told) {
        int dollar = line.indexOf('$');
        int star = line.lastIndexOf('*');
        if (dollar < 0 || star != line.length() - 3 || star - dollar < 6 || !checked(line, dollar + 1, star)) {
            return;
        }
        String[] f = line.substring(dollar + 1, star).split(",", -1);
        if (f[0].endsWith("GGA") && f.length >= 10) {
            boolean fix = !f[6].equals("0") && !f[6].isEmpty();
            position(f[2], f[3], f[4], f[5], fix, latest, told);
            number(f[9], 1, fix, ALTITUDE, latest, told);
            number(f[7], 1, true, SATELLITES, latest, told);
            number(f[8], 1, fix, DILUTION, latest, told);
        } else if (f[0].endsWith("RMC") && f.length >= 9) {
            boolean fix = f[2].equals("A");
            position(f[3], f[4], f[5], f[6], fix, latest, told);
            number(f[7], METRES_PER_SECOND_PER_KNOT, fix, SPEED, latest, told);
            number(f[8], 1, fix, COURSE, latest, told);
        }
    }

    private static boolean checked(String line, int from, int star) {
        int sum = 0;
        for (int i = from; i < star; i++) {
            sum ^= line.charAt(i);
        }
        return line.substring(star + 1).equalsIgnoreCase("%02X".formatted(sum & 0xff)) && sum < 0x100;
    }

    private static void position(String latitude, String ns, String longitude, String ew, boolean fix, ReadingBuffer latest, Hearing.Told told) {
        angle(latitude, ns.equals("S"), 90, fix, LATITUDE, latest, told);
        angle(longitude, ew.equals("W"), 180, fix, LONGITUDE, latest, told);
    }

    /** {@code ddmm.mmmm}: the last two digits before the point are minutes. */
    private static void angle(String text, boolean negative, double most, boolean fix, int channel, ReadingBuffer latest, Hearing.Told told) {
        told.channel(channel);
        if (!fix) {
            latest.missing(channel, NO_FIX);
            return;
        }
        if (!text.matches("[0-9]{3,5}(\\.[0-9]{1,9})?")) {
            latest.invalid(channel, "the sentence has no number there");
            return;
        }
        double value = Double.parseDouble(text);
        double degrees = Math.floor(value / 100);
        double angle = degrees + (value - 100 * degrees) / 60;
        if (angle > most) {
            latest.invalid(channel, "no place on earth");
        } else {
            latest.ok(channel, negative ? -angle : angle);
        }
    }

    private static void number(String text, double scale, boolean fix, int channel, ReadingBuffer latest, Hearing.Told told) {
        told.channel(channel);
        if (!fix || text.isEmpty()) {
            // A receiver at rest tells no course.
            latest.missing(channel, fix ? "the receiver does not tell" : NO_FIX);
        } else if (!text.matches("-?[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            latest.invalid(channel, "the sentence has no number there");
        } else {
            latest.ok(channel, Double.parseDouble(text) * scale);
        }
    }
}
