package dev.adze.runtime.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Int4Test {
    @Test
    void theEvenColumnIsInTheLowHalfAndAnEmptyHalfIsZero() {
        assertArrayEquals(new byte[] {(byte) 0xF1, (byte) 0x89, 0x78, (byte) 0x8A},
                Int4.pack(new byte[] {-7, 7, 1, 0, -1, 2}, 2, 3));
    }

    @Test
    void whatIsPackedIsUnpacked() {
        for (long seed = 1; seed <= 100; seed++) {
            Random random = new Random(seed);
            int rows = random.nextInt(1, 9);
            int columns = random.nextInt(1, 80);
            byte[] q = new byte[rows * columns];
            for (int i = 0; i < q.length; i++) {
                q[i] = (byte) random.nextInt(-7, 8);
            }
            byte[] packed = Int4.pack(q, rows, columns);
            assertEquals(rows * ((columns + 1) / 2), packed.length);
            assertArrayEquals(q, Int4.unpack(packed, rows, columns), "seed " + seed);
        }
    }

    @Test
    void aProductIsTheWeightTimesItsGroupsMultiplier() {
        byte[] q = new byte[2 * 33];
        q[0] = 7;
        q[31] = -7;
        q[32] = 3;
        q[33] = -1;
        q[65] = 2;
        short[] products = Int4.products(Tensor.unsigned(List.of(2, 17), Int4.pack(q, 2, 33)),
                Tensor.of(List.of(2, 2), new byte[] {127, 5, 0, 9}), 33);
        assertEquals(889, products[0]);
        assertEquals(-889, products[31]);
        assertEquals(15, products[32]);
        assertEquals(0, products[33]);
        assertEquals(18, products[65]);
    }

    @Test
    void storedValuesOutOfTheirRangesAreRefused() {
        refused("layers.0.weight_ih", 0, 0x80, "holds 128 at byte 0; int4 weights lie in [-7, 7]");
        refused("layers.0.weight_ih", 3, 0x08, "holds 8 at byte 3; int4 weights lie in [-7, 7]");
        refused("layers.0.weight_ih", 1, 0x98, "holds 152 at byte 1"); // the empty half of three columns
        refused("layers.0.weight_hh.multiplier", 2, -1, "holds -1.0 at element 2; multipliers lie in [0, 127]");
    }

    private static void refused(String name, int at, int value, String message) {
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(3, 1, 2, 1);
        var tensors = new LinkedHashMap<String, Tensor>();
        NetworkTensors.layout(network, Precision.INT4).forEach((tensor, slot) -> {
            int count = slot.shape().stream().reduce(1, (a, b) -> a * b);
            byte[] bytes = new byte[count];
            if (slot.type() == DataType.U8) {
                java.util.Arrays.fill(bytes, (byte) 0x88);
            }
            if (tensor.equals(name)) {
                bytes[at] = (byte) value;
            }
            tensors.put(tensor, switch (slot.type()) {
                case U8 -> Tensor.unsigned(slot.shape(), bytes);
                case I8 -> Tensor.of(slot.shape(), bytes);
                case F32, F16 -> Tensor.of(slot.shape(), new float[count]);
            });
        });
        var e = assertThrows(AdzeException.class, () -> new NetworkTensors(network, Precision.INT4, tensors));
        assertTrue(e.getMessage().contains(name + " " + message), e.getMessage());
    }
}
