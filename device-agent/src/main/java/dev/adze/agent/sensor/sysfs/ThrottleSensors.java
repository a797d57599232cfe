package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.board.BoardState;
import dev.adze.agent.board.BoardState.Clock;
import dev.adze.agent.board.BoardState.Thermal;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorCatalog;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.SensorPanel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What tells that a board is throttled: every processor clock against its hardware's maximum, and every thermal zone with a passive
 * trip point against that. Each zone is read on a thread of its own, so that one that hangs leaves the others.
 */
public final class ThrottleSensors implements AutoCloseable {
    /** Less a rounding: 95 % as the quotient of two whole numbers counts. */
    private static final double FULL = 0.95 - 1e-9;
    private static final long LIMIT_NANOS = 200_000_000L;

    private final SensorPanel panel;
    private final ReadingBuffer readings;
    /** The first channels are clocks, those that run and those that are allowed by turns. */
    private final int clocks;
    private final List<Double> trips;
    private final MonotonicClock clock;

    private ThrottleSensors(SensorPanel panel, int clocks, List<Double> trips, MonotonicClock clock) {
        this.panel = panel;
        this.clocks = clocks;
        this.trips = trips;
        this.clock = clock;
        readings = new ReadingBuffer(panel.channels().size());
    }

    /** @param sysRoot {@code /sys}, or a tree like it */
    public static ThrottleSensors open(Path sysRoot, MonotonicClock clock) {
        var groups = new ArrayList<SensorGroup>();
        Clocks shares = Clocks.shares(sysRoot);
        if (!shares.channels().isEmpty()) {
            groups.add(shares);
        }
        var trips = new ArrayList<Double>();
        for (ThermalZone zone : ThermalZone.zones(sysRoot)) {
            double trip = zone.passiveTrip();
            if (!Double.isNaN(trip)) {
                groups.add(zone);
                trips.add(trip);
            }
        }
        return new ThrottleSensors(new SensorPanel(new SensorCatalog("this device", groups).all(), clock), shares.channels().size(), trips,
                clock);
    }

    /** Whether this board tells anything of the kind. */
    public boolean exist() {
        return readings.size() > 0;
    }

    /** Waits 0.2 s at most. For one caller thread. */
    public BoardState read() {
        panel.read(clock.nanoTime(), LIMIT_NANOS, readings);
        return new BoardState(clockState(), thermalState());
    }

    private Clock clockState() {
        double fastest = Double.NaN;
        for (int i = 0; i < clocks; i += 2) {
            if (readings.isOk(i + 1) && readings.value(i + 1) < FULL) {
                return Clock.CAPPED;
            }
            if (readings.isOk(i)) {
                fastest = Double.isNaN(fastest) ? readings.value(i) : Math.max(fastest, readings.value(i));
            }
        }
        return Double.isNaN(fastest) ? Clock.UNKNOWN : fastest >= FULL ? Clock.FULL : Clock.REDUCED;
    }

    private Thermal thermalState() {
        boolean answered = false;
        for (int i = 0; i < trips.size(); i++) {
            if (readings.isOk(clocks + i)) {
                answered = true;
                if (readings.value(clocks + i) >= trips.get(i)) {
                    return Thermal.PASSIVE;
                }
            }
        }
        return answered ? Thermal.COOL : Thermal.UNKNOWN;
    }

    @Override
    public void close() {
        panel.close();
    }
}
