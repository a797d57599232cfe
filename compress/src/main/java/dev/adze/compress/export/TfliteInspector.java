package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.SubGraph;

/**
 * What a .tflite file is made of, read back from its bytes.
 *
 * @param form      from the signature's name
 * @param operators how often each operator occurs; custom operators (Flex ones among them) as {@code CUSTOM:name}
 * @param subgraphs loops and branches need more than one
 */
record TfliteInspector(ExportForm form, SequencedMap<String, Integer> operators, int subgraphs) {
    /** @throws AdzeException BAD_BUNDLE if the file is not TensorFlow Lite's or not written by Adze */
    static TfliteInspector inspect(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        if (file.length < 16 || !Model.ModelBufferHasIdentifier(bytes)) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "this is no TensorFlow Lite file");
        }
        try {
            Model model = Model.getRootAsModel(bytes);
            model.unpack(); // follows every offset of the file: the engine itself would follow a wild one out of memory
            var operators = new LinkedHashMap<String, Integer>();
            for (int s = 0; s < model.subgraphsLength(); s++) {
                SubGraph subgraph = model.subgraphs(s);
                for (int i = 0; i < subgraph.operatorsLength(); i++) {
                    var code = model.operatorCodes((int) subgraph.operators(i).opcodeIndex());
                    operators.merge(code.builtinCode() == BuiltinOperator.CUSTOM ? "CUSTOM:" + code.customCode()
                            : BuiltinOperator.name(code.builtinCode()), 1, Integer::sum);
                }
            }
            String key = model.signatureDefsLength() == 1 ? model.signatureDefs(0).signatureKey() : "";
            ExportForm form = Arrays.stream(ExportForm.values())
                    .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(key)).findFirst()
                    .orElseThrow(() -> new AdzeException(AdzeException.Kind.BAD_BUNDLE, "the TensorFlow Lite file was not"
                            + " written by Adze: export the bundle with adze export BUNDLE --to tflite"));
            return new TfliteInspector(form, operators, model.subgraphsLength());
        } catch (IndexOutOfBoundsException | IllegalArgumentException | NegativeArraySizeException | OutOfMemoryError e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "the TensorFlow Lite file is damaged", e);
        }
    }

    /** The contents of a metadata buffer, or null. */
    static byte[] metadata(byte[] file, String name) {
        Model model = Model.getRootAsModel(ByteBuffer.wrap(file));
        for (int i = 0; i < model.metadataLength(); i++) {
            if (name.equals(model.metadata(i).name())) {
                ByteBuffer data = model.buffers((int) model.metadata(i).buffer()).dataAsByteBuffer();
                byte[] bytes = new byte[data.remaining()];
                data.get(bytes);
                return bytes;
            }
        }
        return null;
    }

    int count(String operator) {
        return operators.getOrDefault(operator, 0);
    }
}
