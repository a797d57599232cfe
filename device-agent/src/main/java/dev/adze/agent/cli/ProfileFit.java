package dev.adze.agent.cli;

import dev.adze.agent.alarm.Alarms;
import dev.adze.agent.sensor.SensorCatalog.Source;
import dev.adze.profiles.NearestName;
import dev.adze.profiles.Profile;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.session.EdgeModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a run refuses of a profile and a model before it reads the first sensor. */
final class ProfileFit {
    private ProfileFit() {}

    /**
     * All of it: the bundle's bytes and golden vectors on the profile's kernel, rate, gaps, outputs of alarms, and channels as this
     * device names them. Nothing is read from a sensor.
     *
     * @return the model's manifest
     */
    static Manifest require(Profile profile, Path bundle) {
        requireArchitecture(profile);
        try (EdgeModel model = EdgeModel.open(bundle, AgentModel.kernel(profile))) {
            Manifest manifest = model.manifest();
            requireModel(manifest, profile);
            requireChannels(manifest, profile);
            return manifest;
        }
    }

    static void requireChannels(Manifest manifest, Profile profile) {
        for (Source source : ProfileSensors.find(manifest.preprocess().channels(), profile.sensors(), Path.of("/"), System::nanoTime)) {
            source.group().close();
        }
    }

    /** What does not depend on the device: rate, gaps, outputs of alarms. */
    static void requireModel(Manifest manifest, Profile profile) {
        requireRate(manifest, profile.sensors().rateHz(), profile);
        requireFading(manifest, profile);
        new Alarms(profile.alarms(), manifest.task(), _ -> {});
    }

    /**
     * Sources for channels that the model does not have, but nearly: the model's channel is read under its own name then, which was
     * hardly meant. Others are left alone: a profile may serve several models.
     */
    static List<String> nearMisses(Manifest manifest, Profile profile) {
        Set<String> mapped = profile.sensors().channels().keySet();
        List<String> names = manifest.preprocess().channels().stream().map(ChannelSpec::name).toList();
        List<String> unmapped = names.stream().filter(n -> !mapped.contains(n)).toList();
        return mapped.stream().filter(m -> !names.contains(m)).flatMap(m -> NearestName.of(m, unmapped).stream()
                .map(meant -> profile.origin() + " has a source for channel " + m + ", which the model " + manifest.name()
                        + " does not have; did you mean " + meant + "?")).toList();
    }

    static void requireArchitecture(Profile profile) {
        String here = System.getProperty("os.arch");
        boolean fits = switch (profile.device().arch()) {
            case ANY -> true;
            case X86_64 -> here.equals("amd64") || here.equals("x86_64");
            case AARCH64 -> here.equals("aarch64");
        };
        if (!fits) {
            throw new AdzeException(Kind.UNAVAILABLE, profile.origin() + " is for a " + profile.device().board()
                    + " (" + profile.device().arch().name().toLowerCase(Locale.ROOT) + "), but this machine is " + here);
        }
    }

    static void requireRate(Manifest manifest, double rateHz, Profile profile) {
        if (!(rateHz > 0 && rateHz <= 1000)) {
            throw new AdzeException(Kind.USAGE, "--rate " + rateHz + " is not in (0, 1000] Hz");
        }
        long period = manifest.task().periodMillis();
        if (period > 0 && Math.abs(1000 / rateHz - period) > 0.001 * period) {
            throw new AdzeException(Kind.USAGE, "the model " + manifest.name() + " steps every " + period
                    + " ms, but " + profile.origin() + " samples at " + rateHz + " Hz; set sensors.rate-hz (or --rate) to "
                    + 1000.0 / period);
        }
    }

    static void requireFading(Manifest manifest, Profile profile) {
        if (profile.state().afterGap() == Profile.AfterGap.DECAY
                && manifest.network().layers().stream().anyMatch(l -> l instanceof Lstm lstm && lstm.hold() > 0)) {
            throw new AdzeException(Kind.USAGE, profile.origin() + ": state.after-gap is decay, but the model " + manifest.name()
                    + " holds its digits (delta updates), which cannot grow less; set it to bridge, reset, hold or replay");
        }
    }
}
