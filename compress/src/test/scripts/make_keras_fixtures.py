"""Writes the Keras models that KerasWeightsTest reads, each with inputs and the outputs Keras itself gives for them.

    pip install keras h5py jax
    KERAS_BACKEND=jax python3 compress/src/test/scripts/make_keras_fixtures.py

Made with Keras 3.15.1 and h5py 3.16.0. The models are untrained, their biases drawn at random so that each gate's counts.
Keras stores its zips without compression; all but one are packed again to keep the repository small.
"""
import json
import pathlib
import struct
import zipfile

import keras
import numpy
from keras import layers

FOLDER = pathlib.Path(__file__).parent.parent / "resources/dev/adze/compress/teacher"
STEPS, INPUTS = 7, 3
random = numpy.random.default_rng(5)


def save(name, model):
    for layer in model.weights:
        if layer.name.endswith("bias"):
            layer.assign(random.normal(0, 0.5, layer.shape).astype("float32"))
    x = random.normal(0, 1, (4, STEPS, INPUTS)).astype("float32")
    y = numpy.asarray(model(x, training=False)).astype("float32")
    (model.save_weights if name.endswith(".weights.h5") else model.save)(FOLDER / name)
    if name in ("mixed.keras", "first-step.keras"):
        with zipfile.ZipFile(FOLDER / name) as stored:
            entries = {entry: stored.read(entry) for entry in stored.namelist()}
        with zipfile.ZipFile(FOLDER / name, "w", zipfile.ZIP_DEFLATED) as packed:
            for entry, content in entries.items():
                packed.writestr(entry, content)
    header, body = {}, b""
    for key, values in {"inputs": x, "outputs": y}.items():
        header[key] = {"dtype": "F32", "shape": values.shape, "data_offsets": [len(body), len(body) + values.nbytes]}
        body += values.astype("<f4").tobytes()
    if name == "first-step.keras":  # refused before it runs
        return
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (FOLDER / (name + ".safetensors")).write_bytes(struct.pack("<Q", len(text)) + text + body)


def sequential(*parts):
    return keras.Sequential([keras.Input((STEPS, INPUTS)), *parts])


keras.utils.set_random_seed(3)
FOLDER.mkdir(parents=True, exist_ok=True)
save("stacked.weights.h5", sequential(
    layers.LSTM(6, return_sequences=True), layers.LSTM(5), layers.Dense(4, "relu"), layers.Dense(2)))
save("mixed.keras", sequential(
    layers.Bidirectional(layers.LSTM(4, return_sequences=True)), layers.Dropout(0.3),
    layers.GRU(5), layers.Dense(3, "tanh", name="between"), layers.Dense(2, name="a_name_that_sorts_first")))
series = keras.Input((STEPS, INPUTS))
pooled = layers.GlobalAveragePooling1D()(layers.Bidirectional(layers.GRU(3, return_sequences=True, use_bias=False))(series))
save("functional.keras", keras.Model(series, layers.Dense(2)(pooled)))
save("first-step.keras", sequential(layers.Bidirectional(layers.LSTM(2)), layers.Dense(1)))
