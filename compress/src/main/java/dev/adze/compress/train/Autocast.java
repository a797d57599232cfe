package dev.adze.compress.train;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** In which precision the products of a training step are computed; weights, sums of gradients and the rest stay single. */
public enum Autocast {
    NONE,
    /** LibTorch's autocast to bfloat16, 8 bits of precision over the range of single precision. */
    BF16;

    /** Until the scope is closed, on this thread. */
    Scope open() {
        if (this == NONE) {
            return () -> { };
        }
        torch.set_autocast_dtype(DeviceType.CPU, ScalarType.BFloat16);
        // A cached copy of a weight would outlive the optimizer's step.
        torch.set_autocast_cache_enabled(false);
        torch.set_autocast_enabled(DeviceType.CPU, true);
        return () -> torch.set_autocast_enabled(DeviceType.CPU, false);
    }

    interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
