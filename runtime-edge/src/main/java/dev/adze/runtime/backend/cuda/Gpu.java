package dev.adze.runtime.backend.cuda;

import static dev.adze.runtime.backend.cuda.CudaDriver.Attribute.COMPUTE_MAJOR;
import static dev.adze.runtime.backend.cuda.CudaDriver.Attribute.COMPUTE_MINOR;
import static dev.adze.runtime.backend.cuda.CudaDriver.Attribute.COOPERATIVE_LAUNCH;
import static dev.adze.runtime.backend.cuda.CudaDriver.Attribute.MULTIPROCESSORS;
import static dev.adze.runtime.backend.cuda.CudaDriver.Attribute.REGISTERS_PER_BLOCK;
import static dev.adze.runtime.backend.cuda.CudaDriver.Attribute.SHARED_BYTES_PER_BLOCK;

/**
 * What the kernel is laid out for.
 *
 * @param capability  87 for compute capability 8.7
 * @param processors  streaming multiprocessors
 * @param registers   32-bit registers a block may have
 * @param sharedBytes most shared memory a block can ask for
 * @param cooperative whether the blocks of a launch may wait for each other
 */
record Gpu(String name, int capability, int processors, int registers, int sharedBytes, boolean cooperative) {
    static Gpu of(CudaDriver driver, int device) {
        return new Gpu(driver.deviceName(device),
                10 * driver.attribute(COMPUTE_MAJOR, device) + driver.attribute(COMPUTE_MINOR, device),
                driver.attribute(MULTIPROCESSORS, device), driver.attribute(REGISTERS_PER_BLOCK, device),
                driver.attribute(SHARED_BYTES_PER_BLOCK, device), driver.attribute(COOPERATIVE_LAUNCH, device) != 0);
    }
}
