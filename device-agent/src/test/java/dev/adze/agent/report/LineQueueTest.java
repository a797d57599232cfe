package dev.adze.agent.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.text.DecimalText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LineQueueTest {
    private static DecimalText line(long n) {
        return new DecimalText().append("line ").append(n).append("\n");
    }

    private static String text(ByteBuffer buffer) {
        return StandardCharsets.UTF_8.decode(buffer).toString();
    }

    @Test
    void linesComeOutInOrderAndWholeOnesAreDroppedWhenTheWriterIsStuck() throws InterruptedException {
        var queue = new LineQueue(40);
        for (int i = 0; i < 10; i++) {
            queue.offer(line(i));
        }
        assertEquals(5, queue.dropped());
        assertEquals("line 0\nline 1\nline 2\nline 3\nline 4\n", text(queue.take()));
        queue.offer(line(11));
        queue.close();
        queue.offer(line(12));
        assertEquals("line 11\n", text(queue.take()));
        assertNull(queue.take());
        assertEquals(6, queue.dropped());
    }

    @Test
    void everyLineOfABusyProducerArrivesOnceOrIsCounted() throws InterruptedException {
        var queue = new LineQueue(4096);
        var producer = Thread.ofPlatform().start(() -> {
            var line = new DecimalText();
            for (int i = 0; i < 200_000; i++) {
                queue.offer(line.append(i).append("\n"));
            }
            queue.close();
        });
        long got = 0;
        long last = -1;
        ByteBuffer buffer;
        while ((buffer = queue.take()) != null) {
            for (String n : text(buffer).split("\n")) {
                assertTrue(Long.parseLong(n) > last, n + " after " + last);
                last = Long.parseLong(n);
                got++;
            }
        }
        producer.join();
        assertEquals(200_000, got + queue.dropped());
    }
}
