package dev.adze.compress.teacher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.train.Torch;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Safetensors;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.bytedeco.pytorch.GRUImpl;
import org.bytedeco.pytorch.GRUOptions;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights of LibTorch's own modules, and the outputs that those modules give. */
class StateDictTest {
    private static final int INPUTS = 5;
    private static final int HIDDEN = 6;
    private static final int STEPS = 7;

    @TempDir
    Path folder;

    private final LinkedHashMap<String, Tensor> dict = new LinkedHashMap<>();

    @BeforeEach
    void seed() {
        Torch.start(1);
        torch.manual_seed(3);
    }

    private void add(String prefix, Module module) {
        var named = module.named_parameters(true);
        for (long i = 0; i < named.size(); i++) {
            dict.put(prefix + "." + named.get(i).key().getString(), tensor(named.get(i).value()));
        }
    }

    private static Tensor tensor(org.bytedeco.pytorch.Tensor value) {
        var shape = new ArrayList<Integer>();
        for (int d = 0; d < value.dim(); d++) {
            shape.add((int) value.size(d));
        }
        float[] values = new float[(int) value.numel()];
        value.detach().contiguous().data_ptr_float().get(values);
        return Tensor.of(shape, values);
    }

    private Path save(String name) {
        Path file = folder.resolve(name);
        new Safetensors(dict).write(file);
        return file;
    }

    private Path examples(org.bytedeco.pytorch.Tensor x, org.bytedeco.pytorch.Tensor y) {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("inputs", tensor(x));
        tensors.put("outputs", tensor(y));
        Path file = folder.resolve("examples.safetensors");
        new Safetensors(tensors).write(file);
        return file;
    }

    private String check(Path file, Dense.Activation activation, Path examples) {
        try (var engine = new NetworkEngine(StateDict.read(file, activation).weights())) {
            return TeacherExamples.check(examples, engine, "m", INPUTS, 2);
        }
    }

    @Test
    void aStackedBidirectionalLstmGivesWhatLibTorchGives() {
        try (var _ = new NoGradGuard()) {
            var options = new LSTMOptions(INPUTS, HIDDEN);
            options.num_layers().put(2);
            options.bidirectional().put(true);
            options.batch_first().put(true);
            var lstm = new LSTMImpl(options);
            var head = new LinearImpl(2 * HIDDEN, 2);
            add("encoder", lstm);
            add("fc", head);
            var x = torch.randn(4, STEPS, INPUTS);
            var y = head.forward(lstm.forward(x).get0());
            Path file = save("bi.safetensors");
            assertTrue(check(file, Dense.Activation.RELU, examples(x, y)).contains("4 examples"));
            // h_n of the backward direction belongs to the first step: another model, and told.
            var hn = lstm.forward(x).get1().get0();
            var last = torch.cat(new org.bytedeco.pytorch.TensorVector(hn.select(0, 2), hn.select(0, 3)), 1);
            var error = assertThrows(AdzeException.class, () -> check(file, Dense.Activation.RELU, examples(x, head.forward(last))));
            assertEquals(AdzeException.Kind.MISMATCH, error.kind());
            assertTrue(error.getMessage().contains("should be"), error.getMessage());
        }
    }

    @Test
    void aGruWithATwoLayerHeadGivesWhatLibTorchGives() {
        try (var _ = new NoGradGuard()) {
            var options = new GRUOptions(INPUTS, HIDDEN);
            options.num_layers().put(2);
            options.batch_first().put(true);
            var gru = new GRUImpl(options);
            var first = new LinearImpl(HIDDEN, 4);
            var second = new LinearImpl(4, 2);
            add("rnn", gru);
            add("head.2", second);
            add("head.0", first);
            var x = torch.randn(3, STEPS, INPUTS);
            var states = gru.forward(x).get0();
            var y = second.forward(torch.tanh(first.forward(states.select(1, STEPS - 1))));
            Path file = save("gru.safetensors");
            check(file, Dense.Activation.TANH, examples(x, y));
            assertThrows(AdzeException.class, () -> check(file, null, examples(x, y)));
        }
    }

    @Test
    void anLstmWithProjectionsGivesWhatLibTorchGives() {
        try (var _ = new NoGradGuard()) {
            var options = new LSTMOptions(INPUTS, HIDDEN);
            options.num_layers().put(2);
            options.proj_size().put(4);
            options.batch_first().put(true);
            var lstm = new LSTMImpl(options);
            var head = new LinearImpl(4, 2);
            add("rnn", lstm);
            add("fc", head);
            var x = torch.randn(3, STEPS, INPUTS);
            check(save("projected.safetensors"), null, examples(x, head.forward(lstm.forward(x).get0())));
            dict.put("rnn.weight_hr_l1", Tensor.of(List.of(3, HIDDEN), new float[3 * HIDDEN]));
            assertRefused("weight_hr_l1 [3, 6]", "projection");
        }
    }

    @Test
    void whatIsNoSuchNetworkIsRefused() {
        try (var _ = new NoGradGuard()) {
            add("head", new LinearImpl(3, 2));
            assertRefused("lstm.weight_ih_l0");
            add("lstm", new LSTMImpl(new LSTMOptions(INPUTS, HIDDEN)));
            assertRefused("do not follow each other");
            dict.put("norm.weight", Tensor.of(List.of(3), new float[3]));
            assertRefused("norm.weight [3]", "ONNX");
            dict.clear();
            add("lstm", new LSTMImpl(new LSTMOptions(INPUTS, HIDDEN)));
            dict.put("lstm.weight_hh_l0", Tensor.of(List.of(12, HIDDEN), new float[72]));
            assertRefused("4 gates");
        }
    }

    private void assertRefused(String... words) {
        var error = assertThrows(AdzeException.class, () -> StateDict.read(save("bad.safetensors"), null));
        assertEquals(AdzeException.Kind.BAD_BUNDLE, error.kind());
        for (String word : words) {
            assertTrue(error.getMessage().contains(word), error.getMessage());
        }
    }
}
