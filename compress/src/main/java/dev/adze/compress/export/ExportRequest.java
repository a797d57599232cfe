package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.Precision;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is wanted of an export.
 *
 * @param form          empty for the bundle's own mode: {@link ExportForm#STEP} of stream, {@link ExportForm#WINDOW} of window
 * @param precision     empty for the bundle's own
 * @param explicitState TensorFlow Lite: the state as inputs and outputs; ONNX files of STEP have it so always
 * @param preprocess    ONNX of form STEP: the preprocessing inside, so that raw values go in
 */
public record ExportRequest(ExportTarget target, Optional<ExportForm> form, Optional<ExportPrecision> precision,
        boolean explicitState, boolean preprocess) {

    /** A request with nothing left open. */
    record Resolved(ExportTarget target, ExportForm form, ExportPrecision precision, boolean explicitState,
            boolean preprocess) {
        /** What it is called in messages and reports. */
        String describe() {
            String forms = target == ExportTarget.SAFETENSORS ? "" : ", " + form.name().toLowerCase(Locale.ROOT);
            return target.title() + forms + ", " + precision.word() + (explicitState ? ", explicit state" : "") + (preprocess ? ", preprocessing inside" : "");
        }
    }

    /** @throws AdzeException USAGE for a combination that the target does not have, with the nearest that it has */
    Resolved resolve(Manifest manifest) {
        ExportForm wantedForm = form.orElse(manifest.task().mode() == TaskSpec.Mode.STREAM ? ExportForm.STEP : ExportForm.WINDOW);
        ExportPrecision wanted = precision.orElse(manifest.precision() == Precision.INT8
                && target != ExportTarget.SAFETENSORS && !explicitState ? int8(manifest) : ExportPrecision.FP32);
        require(!preprocess || target == ExportTarget.ONNX && wantedForm == ExportForm.STEP, "--preprocess is for --to onnx"
                + " --form step, which carries the preprocessing's state along; other forms take features");
        switch (target) {
            case ONNX -> {
                requireOneOf(wanted, ExportPrecision.FP32, ExportPrecision.INT8, ExportPrecision.INT8_QDQ,
                        ExportPrecision.INT8_WEIGHTS);
                require(!explicitState, "--state is for --to tflite; an ONNX file of --form step has the state as inputs"
                        + " and outputs already");
            }
            case TFLITE -> {
                requireOneOf(wanted, ExportPrecision.FP32, ExportPrecision.INT8, ExportPrecision.INT8_FULL,
                        ExportPrecision.INT16X8);
                require(!explicitState || wantedForm == ExportForm.STEP && wanted == ExportPrecision.FP32,
                        "--state explicit is one step in fp32 (the operator has no other form); the nearest supported form"
                                + " is --form step --precision fp32 --state explicit");
            }
            case SAFETENSORS -> {
                requireOneOf(wanted, ExportPrecision.FP32);
                require(!explicitState, "--state is for --to tflite; a safetensors file holds weights alone");
            }
        }
        return new Resolved(target, wantedForm, wanted, explicitState, preprocess);
    }

    /** What comes nearest to the arithmetic of an int8 bundle. */
    private ExportPrecision int8(Manifest manifest) {
        return target == ExportTarget.ONNX && RecurrentLayers.hasGru(manifest.network()) ? ExportPrecision.INT8_QDQ
                : ExportPrecision.INT8;
    }

    private void requireOneOf(ExportPrecision wanted, ExportPrecision... supported) {
        require(Arrays.asList(supported).contains(wanted), "--precision " + wanted.word() + " is not for "
                + target.title() + "; it has " + Arrays.stream(supported).map(ExportPrecision::word)
                .collect(Collectors.joining(", ")));
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AdzeException(AdzeException.Kind.USAGE, message);
        }
    }
}
