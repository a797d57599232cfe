package dev.adze.agent.replay;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionSink;
import dev.adze.agent.sensor.ReadingBuffer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over every decision's slot (8 bytes), outputs (4 bytes each), and warmth (1 byte), big endian. */
public final class DecisionDigest implements DecisionSink {
    private final MessageDigest digest;
    private long decisions;

    public DecisionDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    @Override
    public void decided(Decision decision, ReadingBuffer readings) {
        float[] outputs = decision.outputs();
        ByteBuffer bytes = ByteBuffer.allocate(9 + 4 * outputs.length).putLong(decision.slot());
        for (float output : outputs) {
            bytes.putInt(Float.floatToRawIntBits(output));
        }
        digest.update(bytes.put((byte) (decision.warm() ? 1 : 0)).flip());
        decisions++;
    }

    public long decisions() {
        return decisions;
    }

    /** Of all decisions so far, in hexadecimal; to be asked for once, at the end. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
