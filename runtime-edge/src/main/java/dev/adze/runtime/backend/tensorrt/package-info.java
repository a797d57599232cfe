/**
 * TensorRT as a backend: graphs of the network that Adze writes itself, engines built and timed on the device, and the
 * seam to the JavaCPP bindings, which lie in packs of their own. Nothing here needs TensorRT to compile or to load.
 */
package dev.adze.runtime.backend.tensorrt;
