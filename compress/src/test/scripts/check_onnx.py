"""Holds exported .onnx files against the ONNX project's own checker, shapes and types included.

    pip install onnx
    python3 compress/src/test/scripts/check_onnx.py FILE.onnx ...

Operators of com.microsoft (--precision int8) have no schema there: around them only structure is checked. Exit code 1 if a
file does not pass.
"""
import sys

import onnx


def main(files):
    failed = 0
    for name in files:
        model = onnx.load(name)
        standard = all(opset.domain in ("", "ai.onnx") for opset in model.opset_import)
        try:
            onnx.checker.check_model(model, full_check=standard)
            print(f"{name}: passes onnx {onnx.__version__}{'' if standard else ' (structure alone: com.microsoft operators)'}")
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as e:
            failed += 1
            print(f"{name}: {e}")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
