package dev.adze.runtime.backend.tensorrt;

import java.util.List;

/** How the time steps of a call are written into a network. */
public enum EngineForm {
    /** One step; the state goes in and comes out. The only form that streams. */
    CELL,
    /** A window from zero state, every step written out. */
    UNROLLED,
    /** A window from zero state in a loop of TensorRT a layer, as its importer of ONNX's LSTM writes it. */
    LOOP;

    /** Above, building takes minutes and the plan hundreds of layers. */
    private static final int MOST_UNROLLED_STEPS = 128;

    /** Forms that can compute a window of so many steps in one call. */
    static List<EngineForm> ofWindow(int steps) {
        return steps <= MOST_UNROLLED_STEPS ? List.of(UNROLLED, LOOP) : List.of(LOOP);
    }
}
