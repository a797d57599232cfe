/** TensorFlow Lite as a backend. Its library is optional: nothing here is touched before it was found. */
package dev.adze.runtime.backend.tflite;
