package dev.adze.compress.train;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** In which precision the products of a training step are computed; weights, sums of gradients and the rest stay single. */
public enum Autocast {
    NONE,
    /** LibTorch's autocast to bfloat16, 8 bits of precision over the range of single precision. */
    BF16,
    /** LibTorch's autocast to IEEE half precision, 11 bits over a narrow range: with {@link LossScale}. */
    FP16;

    /** Until the scope is closed, on this thread. */
    Scope open() {
        if (this == NONE) {
            return () -> { };
        }
        torch.set_autocast_dtype(DeviceType.CPU, this == BF16 ? ScalarType.BFloat16 : ScalarType.Half);
        if (this == FP16) { // oneDNN has no LSTM in half precision on most processors, and refuses instead of falling back
            torch.globalContext().setUserEnabledMkldnn(false);
        }
        // A cached copy of a weight would outlive the optimizer's step.
        torch.set_autocast_cache_enabled(false);
        torch.set_autocast_enabled(DeviceType.CPU, true);
        return () -> {
            torch.set_autocast_enabled(DeviceType.CPU, false);
            torch.globalContext().setUserEnabledMkldnn(true);
        };
    }

    interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
