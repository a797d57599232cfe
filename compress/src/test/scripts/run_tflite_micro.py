"""Runs .tflite files of --precision int16x8 in TensorFlow Lite Micro itself, from zero state.

    pip install tflite-micro numpy
    python3 compress/src/test/scripts/run_tflite_micro.py FILE.tflite STEPS > outputs.txt

Feature number i (steps one after the other) is (i * 37 % 101 - 50) / 20; of every call (a step, or a window) one line with
the outputs in scaled units. MicroReferenceTest holds Adze's own reference to what this printed.
"""
import sys

import numpy as np
from tflite_micro.python.tflite_micro import runtime


def main(name, steps):
    interpreter = runtime.Interpreter.from_file(name, arena_size=64 << 20)
    shape = interpreter.get_input_details(0)["shape"]
    size = int(np.prod(shape))
    features = np.array([(i * 37 % 101 - 50) / 20 for i in range(steps * int(shape[-1]))], dtype=np.float32)
    for at in range(0, features.size, size):
        interpreter.set_input(features[at:at + size].reshape(shape), 0)
        interpreter.invoke()
        print(" ".join(repr(float(value)) for value in interpreter.get_output(0).flatten()))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
