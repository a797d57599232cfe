/** Our own CUDA kernel, compiled on the device by NVRTC and called through the driver; needs no CUDA at build time. */
package dev.adze.runtime.backend.cuda;
