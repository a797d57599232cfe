package dev.adze.runtime.session;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.Threads;
import dev.adze.runtime.preprocess.Preprocessor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A model opened for running on this machine. Immutable: one serves any number of sessions on any threads.
 *
 * <p>Opening checks the whole file and then the golden vectors through preprocessing and network on the kernel that
 * will serve, so that a model that opens is known to compute here what it computed where it was made.
 */
public final class EdgeModel implements AutoCloseable {
    private final Manifest manifest;
    private final CompiledNetwork network;

    private EdgeModel(Manifest manifest, CompiledNetwork network) {
        this.manifest = manifest;
        this.network = network;
    }

    /**
     * @throws AdzeException NOT_FOUND, BAD_BUNDLE, or MISMATCH if this machine does not reproduce the golden vectors
     */
    public static EdgeModel open(Path file) {
        return open(file, KernelChoice.best());
    }

    public static EdgeModel open(Path file, KernelChoice kernel) {
        return open(file, kernel, Threads.one());
    }

    /** With threads that share a step where that helps. */
    public static EdgeModel open(Path file, KernelChoice kernel, Threads threads) {
        try (Arena mapping = Arena.ofConfined()) { // the kernel packs its own copy of the weights
            Bundle bundle = BundleReader.read(file, mapping);
            CompiledNetwork network = CompiledNetwork.compile(bundle.weights(), kernel, threads);
            return hosting(file.getFileName().toString(), bundle, network);
        }
    }

    /**
     * As {@link #open(Path, KernelChoice)}, but ready sooner where the kernel is slow until Java has compiled it, as that of
     * the Vector API is: until then, some tenths of a second, the reference kernel computes, whose bits are the same. The
     * golden vectors of the wanted kernel are compared beside; should they not agree, the reference goes on.
     *
     * @param notes is told one line in that case, on another thread
     */
    public static EdgeModel openWarming(Path file, KernelChoice kernel, Consumer<String> notes) {
        Arena mapping = Arena.ofShared();
        try {
            Bundle bundle = BundleReader.read(file, mapping);
            return new EdgeModel(bundle.manifest(), WarmingNetwork.compile(file.getFileName().toString(), bundle,
                    () -> CompiledNetwork.compile(bundle.weights(), kernel), kernel.name(), mapping::close, notes, System::nanoTime));
        } catch (RuntimeException | Error e) {
            mapping.close();
            throw e;
        }
    }

    /**
     * A model on a network that was compiled before, by another engine for example; the network is closed with the model,
     * and if its golden vectors do not agree.
     *
     * @throws AdzeException MISMATCH
     */
    public static EdgeModel hosting(String fileName, Bundle bundle, CompiledNetwork network) {
        try {
            GoldenCheck.require(fileName, bundle, network);
            return new EdgeModel(bundle.manifest(), network);
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    public Manifest manifest() {
        return manifest;
    }

    /** The compiled network; {@link CompiledNetwork#kernel} tells which kernel runs it and why. */
    public CompiledNetwork network() {
        return network;
    }

    /** A new session at the level of network inputs and outputs, for the calling thread. */
    public Session newSession() {
        return new Session(network);
    }

    /** A new session from raw sensor values to physical outputs, for the calling thread. */
    public ModelSession newModelSession() {
        return new ModelSession(network, manifest.preprocess(), manifest.task());
    }

    public Preprocessor newPreprocessor() {
        return new Preprocessor(manifest.preprocess());
    }

    /** Releases the weights; sessions that still exist refuse further steps. */
    @Override
    public void close() {
        network.close();
    }
}
