package dev.adze.agent.cli;

import dev.adze.agent.report.RunInfo;
import dev.adze.agent.state.DiskFiles;
import dev.adze.agent.state.SessionMemory;
import dev.adze.profiles.Profile;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.session.ModelSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** The model's memory in the folder that a profile names. */
final class KeptMemory {
    private KeptMemory() {}

    /** Where the model's memory is kept, if the profile names a folder. */
    static Optional<SessionMemory> open(Profile profile, Path bundle) {
        Path folder = profile.state().folder().orElse(null);
        if (folder == null) {
            return Optional.empty();
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(bundle));
            return Optional.of(new SessionMemory(new DiskFiles(folder), digest, profile.state().checkpoint().toMillis(), folder.toString()));
        } catch (IOException e) {
            throw cannotKeep(folder, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AdzeException cannotKeep(Path folder, IOException e) {
        return new AdzeException(Kind.CANNOT_WRITE, "the model's memory cannot be kept in " + folder + " ("
                + e.getClass().getSimpleName() + "); name another folder in state.folder", e);
    }

    /** Gives the session what an earlier run remembered, as far as the profile wants it after the time between. */
    static SessionMemory.Restored restore(SessionMemory memory, Profile profile, ModelSession session, RunInfo run,
            long startEpochMillis) {
        try {
            return memory.restore(session, startEpochMillis, 1000 / run.rateHz(),
                    run.task().windowSteps(), profile.state().afterGap());
        } catch (IOException e) {
            throw cannotKeep(profile.state().folder().orElseThrow(), e);
        }
    }
}
