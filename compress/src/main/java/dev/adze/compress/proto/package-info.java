/** Protocol Buffers messages, field by field: what ONNX models and TensorBoard's event files are made of. */
package dev.adze.compress.proto;
