package dev.adze.compress.train;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.InputArchive;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OutputArchive;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole state of a training run in one file (a LibTorch archive), replaced atomically: a killed process leaves
 * the previous checkpoint or the new one, never half of one.
 */
final class Checkpoint {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Checkpoint() {}

    static void save(Path file, TrainingState state, List<Tensor> parameters, List<Tensor> average, List<Tensor> best,
            AdamW optimizer) {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
            var archive = new OutputArchive();
            byte[] json = JSON.writeValueAsBytes(state);
            archive.write("state", torch.from_blob(new BytePointer(json), new long[] {json.length},
                    new org.bytedeco.pytorch.TensorOptions(torch.ScalarType.Byte)).clone());
            writeAll(archive, "parameter", parameters);
            writeAll(archive, "average", average);
            writeAll(archive, "best", best);
            var optimizerArchive = new OutputArchive();
            optimizer.save(optimizerArchive);
            archive.write("optimizer", optimizerArchive);
            try (var channel = FileChannel.open(partial, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING); var writer = new ChannelArchive(channel)) {
                archive.save_to(writer);
                writer.rethrow();
                channel.force(true);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            try {
                Files.deleteIfExists(partial);
            } catch (IOException ignored) {
                // The folder is full or gone; the error below says so.
            }
            throw new AdzeException(AdzeException.Kind.CANNOT_WRITE, "checkpoint " + file + " cannot be written ("
                    + firstLine(e) + "): free some disk space or choose another folder with --out; the previous"
                    + " checkpoint is kept", e);
        }
    }

    /** Fills the given tensors and optimizer from the file; empty if there is none. */
    static Optional<TrainingState> load(Path file, List<Tensor> parameters, List<Tensor> average, List<Tensor> best,
            AdamW optimizer) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
            var archive = new InputArchive();
            archive.load_from(file.toString());
            var json = new Tensor();
            archive.read("state", json);
            byte[] bytes = new byte[Math.toIntExact(json.numel())];
            new BytePointer(json.data_ptr()).get(bytes);
            TrainingState state = JSON.readValue(new String(bytes, StandardCharsets.UTF_8), TrainingState.class);
            readAll(archive, "parameter", parameters);
            readAll(archive, "average", average);
            readAll(archive, "best", best);
            var optimizerArchive = new InputArchive();
            archive.read("optimizer", optimizerArchive);
            optimizer.load(optimizerArchive);
            return Optional.of(state);
        } catch (RuntimeException e) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "checkpoint " + file + " is damaged ("
                    + firstLine(e) + "): delete it to train this stage from its start", e);
        }
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private static void writeAll(OutputArchive archive, String prefix, List<Tensor> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            archive.write(prefix + i, tensors.get(i).detach());
        }
    }

    private static void readAll(InputArchive archive, String prefix, List<Tensor> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            var stored = new Tensor();
            archive.read(prefix + i, stored);
            tensors.get(i).detach().copy_(stored);
        }
    }
}
