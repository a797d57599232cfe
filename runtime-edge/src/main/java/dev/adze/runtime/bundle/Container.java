package dev.adze.runtime.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The bundle's outer form: a ZIP file with stored (uncompressed) entries whose every header byte follows from the
 * entries' names, sizes and CRC-32s. So a writer has no choice, and a reader can compare instead of interpret: what is
 * not exactly this is refused, hostile names and sizes included. docs/bundle-format.md lists the fields.
 */
final class Container {
    static final String MANIFEST = "manifest.json";
    static final String WEIGHTS = "weights.safetensors";
    static final String GOLDEN = "golden.safetensors";
    static final String CHECKSUMS = "checksums.sha256";
    /** All entries, in file order. */
    static final List<String> NAMES = List.of(MANIFEST, WEIGHTS, GOLDEN, CHECKSUMS);

    static final int LOCAL_SIGNATURE = 0x04034b50;
    /** Bytes of a local header before name and extra field. */
    static final int LOCAL_FIXED = 30;
    static final int CRC_AT = 14;
    static final int SIZE_AT = 18;
    static final int NAME_LENGTH_AT = 26;

    /** An entry's data begins at a multiple of this, for mapped memory. */
    private static final int ALIGNMENT = 64;
    /** Extra field of the kind that Android's zipalign registered: the alignment as u16, then zeros. */
    private static final int EXTRA_ID = 0xD935;
    private static final int EXTRA_FIXED = 6;
    private static final int CENTRAL_SIGNATURE = 0x02014b50;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int VERSION_NEEDED = 10;
    private static final int DOS_TIME = 0;
    /** 1 January 1980, the first day that ZIP knows. */
    private static final int DOS_DATE = 0x21;

    /** @param offset of the local header in the file */
    record Entry(String name, long offset, int crc, int size) {
        long dataOffset() {
            return offset + LOCAL_FIXED + name.length() + extraLength(offset, name);
        }

        long end() {
            return dataOffset() + size;
        }
    }

    private Container() {}

    private static int extraLength(long offset, String name) {
        long least = offset + LOCAL_FIXED + name.length() + EXTRA_FIXED;
        return EXTRA_FIXED + (int) (-least & (ALIGNMENT - 1));
    }

    static byte[] localHeader(Entry entry) {
        int extra = extraLength(entry.offset(), entry.name());
        ByteBuffer header = buffer(LOCAL_FIXED + entry.name().length() + extra);
        header.putInt(LOCAL_SIGNATURE);
        putCommon(header, entry);
        header.putShort((short) extra);
        header.put(entry.name().getBytes(StandardCharsets.US_ASCII));
        header.putShort((short) EXTRA_ID).putShort((short) (extra - 4)).putShort((short) ALIGNMENT);
        return header.array();
    }

    /** Version needed to name length, the same in both kinds of header. */
    private static void putCommon(ByteBuffer header, Entry entry) {
        header.putShort((short) VERSION_NEEDED);
        header.putShort((short) 0); // flags
        header.putShort((short) 0); // method: stored
        header.putShort((short) DOS_TIME).putShort((short) DOS_DATE);
        header.putInt(entry.crc()).putInt(entry.size()).putInt(entry.size());
        header.putShort((short) entry.name().length());
    }

    /** Central directory and end record, which fill the file from the last entry's end on. */
    static byte[] trailer(List<Entry> entries) {
        int directorySize = entries.stream().mapToInt(e -> 46 + e.name().length()).sum();
        ByteBuffer trailer = buffer(directorySize + 22);
        for (Entry entry : entries) {
            trailer.putInt(CENTRAL_SIGNATURE).putShort((short) VERSION_NEEDED); // made by: MS-DOS, 1.0
            putCommon(trailer, entry);
            trailer.putShort((short) 0).putShort((short) 0); // no extra field, no comment
            trailer.putShort((short) 0).putShort((short) 0).putInt(0); // disk, attributes
            trailer.putInt((int) entry.offset());
            trailer.put(entry.name().getBytes(StandardCharsets.US_ASCII));
        }
        trailer.putInt(END_SIGNATURE).putShort((short) 0).putShort((short) 0);
        trailer.putShort((short) entries.size()).putShort((short) entries.size());
        trailer.putInt(directorySize).putInt((int) entries.getLast().end()).putShort((short) 0);
        return trailer.array();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
