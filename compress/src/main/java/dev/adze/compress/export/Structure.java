package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.Set;
import java.util.TreeSet;

/** Requires of a written file that every recurrent layer is one fused operator a direction and nothing loops. */
final class Structure {
    private static final Set<String> ONNX_LOOPS = Set.of("Loop", "Scan", "If");

    private Structure() {}

    /** @throws AdzeException MISMATCH with the operators found */
    static void require(byte[] file, ExportRequest.Resolved request, RecurrentNetwork network) {
        int layers = RecurrentLayers.count(network);
        switch (request.target()) {
            case ONNX -> {
                OnnxInspector content = OnnxInspector.inspect(file);
                var operators = RecurrentLayers.operators(network);
                if (request.precision() == ExportPrecision.INT8_QDQ) {
                    quantized(content, operators.size(), request.form());
                    return;
                }
                int grus = (int) operators.stream().filter(Gru.class::isInstance).count();
                String fused = request.precision() == ExportPrecision.INT8 ? "com.microsoft:DynamicQuantizeLSTM" : "LSTM";
                layers = operators.size() - grus;
                require(content.count(fused) == layers, layers, fused, content.operators());
                require(content.count("GRU") == grus, grus, "GRU", content.operators());
                var loops = new TreeSet<>(content.operators().keySet());
                loops.retainAll(ONNX_LOOPS);
                require(loops.isEmpty(), layers, fused, content.operators());
            }
            case TFLITE -> {
                TfliteInspector content = TfliteInspector.inspect(file);
                String fused = request.explicitState() ? "LSTM" : "UNIDIRECTIONAL_SEQUENCE_LSTM";
                int both = (int) network.layers().stream().filter(Bidirectional.class::isInstance).count();
                require(content.count("BIDIRECTIONAL_SEQUENCE_LSTM") == both, both, "BIDIRECTIONAL_SEQUENCE_LSTM",
                        content.operators());
                require(content.count(fused) == layers && content.count("WHILE") == 0 && content.subgraphs() == 1
                        && content.operators().keySet().stream().noneMatch(name -> name.startsWith("CUSTOM")),
                        layers, fused, content.operators());
            }
            case SAFETENSORS -> { } // holds no operators
        }
    }

    /** Gates are written out; two products a layer and direction at least, each behind quantized activations. */
    private static void quantized(OnnxInspector content, int layers, ExportForm form) {
        require(content.count("LSTM") + content.count("GRU") == 0 && content.count("QuantizeLinear") >= 2 * layers
                && content.count("Scan") == (form == ExportForm.WINDOW ? layers : 0) && content.count("Loop") == 0,
                2 * layers, "QuantizeLinear", content.operators());
    }

    private static void require(boolean condition, int layers, String fused, Object found) {
        if (!condition) {
            throw new AdzeException(AdzeException.Kind.MISMATCH, "the file should have " + layers + " operators " + fused
                    + " and no loop, but has " + found + "; this is a defect, please report it");
        }
    }
}
