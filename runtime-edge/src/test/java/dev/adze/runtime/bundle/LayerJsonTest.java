package dev.adze.runtime.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.kernel.RandomArchitectures;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerJsonTest {
    @Test
    void everyLayerComesBackAsItWas() {
        for (long seed = 1; seed <= 100; seed++) {
            RecurrentNetwork network = RandomArchitectures.random(new Random(seed), 50);
            for (Layer layer : network.layers()) {
                var json = Json.MAPPER.writeValueAsBytes(LayerJson.write(layer));
                assertEquals(layer, LayerJson.read(new JsonObject(Json.parse(json, "layer"), "layer"), layer.inputSize()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'type':'lstm','hiddenSize':4,'layerNorm':true} | layer has an unknown field",
        "{'type':'lstm-variant','hiddenSize':4,'layerNorm':true} | layer.peephole is missing",
        "{'type':'lstm-variant','hiddenSize':4,'layerNorm':false,'peephole':false} | without either it is an lstm",
        "{'type':'gru','hiddenSize':0} | layer.hiddenSize must be an integer",
        "{'type':'mamba','stateSize':4} | layer type 'mamba' is unknown",
        "{'type':'transformer','heads':3} | layer.feedForwardSize is missing",
        "{'type':'transformer','heads':2,'feedForwardSize':8} | a number of heads that divides 3",
        "{'type':'self-attention','heads':0} | layer.heads must be an integer",
        "{'type':'convolution','outputSize':4,'kernel':16384,'dilation':1,'activation':'relu'} | kernel times inputSize",
        "{'type':'convolution','outputSize':4,'kernel':60,'dilation':16384,'activation':'relu'} | remembers more than",
        "{'type':'static-features','features':[]} | without features",
        "{'type':'static-features','features':[1,1]} | twice",
        "{'type':'static-features','features':[-1]} | layer.features[0] must be an integer",
        "{'type':'bidirectional','forward':{'type':'lstm','hiddenSize':2}} | layer.backward is missing",
        "{'type':'bidirectional','forward':{'type':'dense','outputSize':2},'backward':{'type':'lstm','hiddenSize':2}} | 'dense'",
        "{'type':'residual','layer':{'type':'gru','hiddenSize':4}} | 3 inputs and 4 outputs",
        "{'type':'residual','layer':{'type':'residual','layer':{'type':'gru','hiddenSize':3}}} | 'residual' is unknown",
        "{'type':'residual','layer':{'type':'gru','hiddenSize':3,'x':1}} | layer.layer has an unknown field",
        "{'type':'mean-pooling','size':3} | unknown field",
        "{'type':'attention-pooling'} | layer.attentionSize is missing"})
    void aDescriptionThatMakesNoSenseIsRefused(String json, String reason) {
        var node = Json.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "layer");
        var refusal = assertThrows(RuntimeException.class, () -> LayerJson.read(new JsonObject(node, "layer"), 3));
        assertTrue(refusal instanceof FormatException || refusal instanceof AdzeException, refusal::toString);
        assertTrue(refusal.getMessage().contains(reason), refusal::getMessage);
    }

    @Test
    void streamingANetworkThatReadsWholeWindowsIsRefused() {
        for (RecurrentNetwork network : RandomArchitectures.examples(SmallBundles.INPUTS, 4)) {
            if (network.causal() && !network.pools()) {
                SmallBundles.make(Precision.FP32, TaskSpec.Mode.STREAM, "parts", network);
            } else {
                var refusal = assertThrows(IllegalArgumentException.class,
                        () -> SmallBundles.make(Precision.FP32, TaskSpec.Mode.STREAM, "parts", network));
                assertTrue(refusal.getMessage().contains("use task mode window"), refusal::getMessage);
            }
        }
    }
}
