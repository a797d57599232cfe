package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Many more members than cores, so that helpers are put aside at every point and come late into later windows. */
final class WindowCrewTest {
    private static final int WINDOWS = 60_000;

    @Test
    void everyStretchRunsOnceAfterWhatItNeedsHoweverLateHelpersCome() {
        Random random = new Random(5);
        try (var crew = new WindowCrew(8)) {
            for (int window = 0; window < WINDOWS; window++) {
                int layers = 2 + random.nextInt(3);
                int stretches = 2 + random.nextInt(40);
                var record = new Record(layers, stretches);
                assertTrue(crew.run(record, layers, stretches));
                assertEquals(0, record.wrong.get(), "stretches out of order in window " + window);
                for (int layer = 0; layer < layers; layer++) {
                    assertEquals(stretches, record.done.get(layer), "stretches of layer " + layer + " in window " + window);
                }
            }
        }
    }

    private static final class Record implements WindowCrew.Work {
        private final AtomicIntegerArray done;
        private final AtomicInteger wrong = new AtomicInteger();
        private final int stretches;

        Record(int layers, int stretches) {
            done = new AtomicIntegerArray(layers);
            this.stretches = stretches;
        }

        @Override
        public void run(int layer, int stretch) {
            if (stretch >= stretches || layer > 0 && done.get(layer - 1) <= stretch || !done.compareAndSet(layer, stretch, stretch + 1)) {
                wrong.incrementAndGet();
            }
        }
    }
}
