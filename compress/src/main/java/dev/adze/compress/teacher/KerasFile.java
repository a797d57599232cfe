package dev.adze.compress.teacher;

import dev.adze.runtime.AdzeException;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An open Keras 3 file: {@code .keras}, a zip of {@code config.json} and {@code model.weights.h5}, or {@code .weights.h5}
 * alone.
 *
 * @param layers the HDF5 group that holds a group for each layer
 * @param config what {@code config.json} says; {@code null} for a file of weights alone
 */
record KerasFile(String name, HdfFile hdf, Group layers, JsonNode config) implements AutoCloseable {
    private static final int MAX_CONFIG_BYTES = 16 << 20;
    private static final int MAX_WEIGHT_BYTES = 1 << 30;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Numbers of a tensor, row by row. */
    record Values(int[] shape, float[] values) {}

    static KerasFile open(Path path) {
        String name = path.getFileName().toString();
        if (!Files.isRegularFile(path)) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, "teacher " + path + " does not exist; check teacher.from");
        }
        HdfFile hdf = null;
        try {
            JsonNode config = null;
            if (name.toLowerCase(Locale.ROOT).endsWith(".keras")) {
                try (var zip = new ZipFile(path.toFile())) {
                    config = MAPPER.readTree(entry(zip, name, "config.json", MAX_CONFIG_BYTES));
                    hdf = HdfFile.fromBytes(entry(zip, name, "model.weights.h5", MAX_WEIGHT_BYTES));
                }
            } else {
                hdf = new HdfFile(path);
            }
            if (!(hdf.getChild("layers") instanceof Group layers)) {
                throw bad(name, "it has no group \"layers\"; save the model with Keras 3, as NAME.keras or NAME.weights.h5");
            }
            return new KerasFile(name, hdf, layers, config);
        } catch (IOException | JacksonException e) {
            throw bad(name, firstLine(e));
        } catch (AdzeException e) {
            close(hdf);
            throw e;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) { // whatever a broken file makes of jhdf
            close(hdf);
            throw bad(name, firstLine(e));
        }
    }

    private static void close(HdfFile hdf) {
        if (hdf != null) {
            hdf.close();
        }
    }

    private static byte[] entry(ZipFile zip, String file, String name, int limit) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw bad(file, "it has no " + name + "; save it with Keras 3 in one piece");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw bad(file, "its " + name + " is larger than " + (limit >> 20) + " MiB; give the model as ONNX");
            }
            return bytes;
        }
    }

    /** The group of the layer that the model calls {@code layer}, as newer versions write it; else the one of this name. */
    Group group(String layer, String snakeName) {
        for (Node node : layers) {
            if (node instanceof Group group && group.getChild("vars") instanceof Group vars) {
                Attribute called = vars.getAttribute("name");
                if (called != null && layer.equals(called.getData())) {
                    return group;
                }
            }
        }
        if (layers.getChild(snakeName) instanceof Group group) {
            return group;
        }
        throw bad("it has no weights of its layer " + layer);
    }

    /** {@code null} if there is none. */
    Values values(Group from, String path) {
        Node node = from;
        for (String step : path.split("/")) {
            node = node instanceof Group group ? group.getChild(step) : null;
        }
        if (!(node instanceof Dataset dataset)) {
            return null;
        }
        int[] shape = dataset.getDimensions();
        long elements = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
        if (elements > MAX_WEIGHT_BYTES / Float.BYTES) {
            throw bad("its tensor " + dataset.getPath() + " is too large; give the model as ONNX");
        }
        return new Values(shape, switch (dataset.getDataFlat()) {
            case float[] floats -> floats;
            case double[] doubles -> {
                float[] floats = new float[doubles.length];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = (float) doubles[i];
                }
                yield floats;
            }
            default -> throw bad("its tensor " + dataset.getPath() + " is not of 32-bit floats; save the model in float32");
        });
    }

    AdzeException bad(String message) {
        return bad(name, message);
    }

    private static AdzeException bad(String name, String message) {
        return new AdzeException(AdzeException.Kind.BAD_BUNDLE, "teacher " + name + " is no Keras model that can be read: " + message);
    }

    static String firstLine(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        hdf.close();
    }
}
