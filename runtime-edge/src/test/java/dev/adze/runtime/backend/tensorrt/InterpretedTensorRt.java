package dev.adze.runtime.backend.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.adze.runtime.AdzeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A TensorRT that computes graphs by {@link GraphInterpreter}; its plans are numbers. */
final class InterpretedTensorRt implements TensorRtLibrary {
    final List<String> built = new ArrayList<>();
    final List<Integer> timingCacheBytes = new ArrayList<>();
    /** Part of the name of graphs that are not built. */
    String refuses = "no graph";
    /** Part of the name of graphs that compute something else. */
    String spoils = "no graph";
    boolean refusesPlans;
    int live;

    private final HostGpu gpu;
    private final Map<String, EngineGraph> graphs = new HashMap<>();

    InterpretedTensorRt(HostGpu gpu) {
        this.gpu = gpu;
    }

    @Override
    public boolean stronglyTyped() {
        return true;
    }

    @Override
    public Built build(EngineGraph graph, byte[] timingCache) {
        if (graph.name().contains(refuses)) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "TensorRT does not build " + graph.name());
        }
        built.add(graph.name());
        timingCacheBytes.add(timingCache.length);
        String plan = "plan " + built.size() + " for driver " + gpu.driver;
        graphs.put(plan, graph);
        return new Built(plan.getBytes(StandardCharsets.UTF_8), new byte[built.size()]);
    }

    @Override
    public Engine load(byte[] plan) {
        String name = new String(plan, StandardCharsets.UTF_8);
        if (refusesPlans || !name.endsWith("driver " + gpu.driver)) {
            refusesPlans = false;
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "TensorRT does not take the plan");
        }
        live++;
        EngineGraph graph = graphs.get(name);
        return new Engine() {
            @Override
            public Context newContext() {
                return context(graph);
            }

            @Override
            public void close() {
                live--;
            }
        };
    }

    private Context context(EngineGraph graph) {
        live++;
        var addresses = new HashMap<String, Long>();
        return new Context() {
            @Override
            public void bind(String port, long address) {
                if (address % 256 != 0) {
                    throw new IllegalArgumentException(port + " lies at " + address);
                }
                addresses.put(port, address);
            }

            @Override
            public void enqueue(long stream) {
                gpu.submit(() -> compute(graph, addresses));
            }

            @Override
            public void close() {
                live--;
            }
        };
    }

    private void compute(EngineGraph graph, Map<String, Long> addresses) {
        var inputs = new HashMap<String, float[]>();
        for (EngineGraph.Port port : graph.inputs()) {
            inputs.put(port.name(), HostGpu.at(addresses.get(port.name()), 4L * port.elements()).toArray(JAVA_FLOAT));
        }
        Map<String, float[]> outputs = GraphInterpreter.run(graph, inputs);
        if (graph.name().contains(spoils)) {
            outputs.get(EngineGraph.SCALED)[0] += 1;
        }
        for (EngineGraph.Port port : graph.outputs()) {
            HostGpu.at(addresses.get(port.name()), 4L * port.elements())
                    .copyFrom(java.lang.foreign.MemorySegment.ofArray(outputs.get(port.name())));
        }
    }
}
