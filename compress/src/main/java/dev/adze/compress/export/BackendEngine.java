package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.Backend;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.session.Session;
import java.util.Arrays;

/** A bundle itself on one of the runtime's backends, in the form of the bundle's mode. */
final class BackendEngine implements ExportEngine {
    private final String name;
    private final ExportForm form;
    private final CompiledNetwork network;
    private final Session session;

    private BackendEngine(String name, ExportForm form, CompiledNetwork network) {
        this.name = name;
        this.form = form;
        this.network = network;
        session = new Session(network);
    }

    /** @throws AdzeException UNAVAILABLE with the backend's own reason if it cannot run the bundle here */
    static BackendEngine open(Backend backend, ModelSource model) {
        backend.obstacle(model).ifPresent(obstacle -> {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, backend.name() + " cannot run the bundle here: " + obstacle
                    + "; nothing was compared (adze backends BUNDLE tells what this machine has)");
        });
        try {
            String name = backend.name() + " (" + backend.identity(model).replaceAll("\\s+", " ").strip() + ")";
            boolean stream = model.bundle().manifest().task().mode() == TaskSpec.Mode.STREAM;
            return new BackendEngine(name, stream ? ExportForm.STEP : ExportForm.WINDOW, backend.compile(model));
        } catch (LinkageError e) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, backend.name() + " cannot run the bundle here: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("its library does not load"), e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ExportForm form() {
        return form;
    }

    @Override
    public Result run(float[] features, int steps) {
        int inputs = features.length / steps;
        int outputs = network.network().outputSize();
        float[] output = new float[outputs];
        if (form == ExportForm.WINDOW) {
            session.inferWindow(features, steps, output);
            return new Result(output, new float[0]);
        }
        float[] all = new float[steps * outputs];
        session.reset();
        for (int t = 0; t < steps; t++) {
            session.infer(Arrays.copyOfRange(features, t * inputs, (t + 1) * inputs), output);
            System.arraycopy(output, 0, all, t * outputs, outputs);
        }
        return new Result(all, new float[0]);
    }

    @Override
    public void close() {
        session.close();
        network.close();
    }
}
