package dev.adze.agent.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A folder in memory that writes down what is done to it, and can say what a power cut may leave at any moment. */
public final class MemoryFiles implements StateFiles {
    private static final int SECTOR = 512;

    private sealed interface Operation {
        record Write(String name, byte[] content) implements Operation {}

        record Append(String name, byte[] content) implements Operation {}

        record Delete(String name) implements Operation {}

        record Sync(String name) implements Operation {}

        record Rename(String from, String to) implements Operation {}

        record SyncFolder() implements Operation {}
    }

    /** A file's content and what of it is on the disk; shared by the names that it goes through. */
    private static final class Node {
        byte[] content = new byte[0];
        /** So much of the beginning is sure. */
        int synced;
    }

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Map<String, byte[]> initial;
    private final List<Operation> operations = new ArrayList<>();
    private String failure;
    private int operationsBeforeFailure;

    public MemoryFiles() {
        this(Map.of());
    }

    /** What a disk holds when the power is back: all of it sure. */
    public MemoryFiles(Map<String, byte[]> image) {
        files.putAll(image);
        initial = Map.copyOf(image);
    }

    /** After so many more operations that change something, every one fails with this message; null for none. */
    public void failAfter(int more, String message) {
        failure = message;
        operationsBeforeFailure = operations.size() + more;
    }

    private void mayFail() throws IOException {
        if (failure != null && operations.size() >= operationsBeforeFailure) {
            throw new IOException(failure);
        }
    }

    public long bytes() {
        return files.values().stream().mapToLong(f -> f.length).sum();
    }

    public int operationCount() {
        return operations.size();
    }

    @Override
    public Optional<byte[]> read(String name) {
        return Optional.ofNullable(files.get(name));
    }

    @Override
    public byte[] read(String name, long offset, int length) {
        byte[] content = files.getOrDefault(name, new byte[0]);
        int from = (int) Math.min(offset, content.length);
        return Arrays.copyOfRange(content, from, Math.min(content.length, from + length));
    }

    @Override
    public void append(String name, byte[] content) throws IOException {
        byte[] before = files.getOrDefault(name, new byte[0]);
        int fits = content.length;
        try {
            mayFail();
        } catch (IOException e) {
            fits /= 2;
        }
        byte[] after = Arrays.copyOf(before, before.length + fits);
        System.arraycopy(content, 0, after, before.length, fits);
        operations.add(new Operation.Append(name, Arrays.copyOf(content, fits)));
        files.put(name, after);
        if (fits < content.length) {
            throw new IOException(failure);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        mayFail();
        if (files.remove(name) != null) {
            operations.add(new Operation.Delete(name));
        }
    }

    @Override
    public List<String> names() {
        return List.copyOf(files.keySet());
    }

    @Override
    public void write(String name, byte[] content) throws IOException {
        mayFail();
        operations.add(new Operation.Write(name, content.clone()));
        files.put(name, content.clone());
    }

    @Override
    public void sync(String name) throws IOException {
        if (!files.containsKey(name)) {
            throw new IOException("no " + name);
        }
        mayFail();
        operations.add(new Operation.Sync(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        if (!files.containsKey(from)) {
            throw new IOException("no " + from);
        }
        mayFail();
        operations.add(new Operation.Rename(from, to));
        files.put(to, files.remove(from));
    }

    @Override
    public void syncFolder() throws IOException {
        mayFail();
        operations.add(new Operation.SyncFolder());
    }

    /**
     * What may be on the disk if the power fails after so many operations: names as of the last folder sync or with any
     * number of the changes since, in their order; of what was written to a file since its last sync nothing, zeros, its
     * beginning up to some sector or byte, or all but one sector.
     */
    public List<Map<String, byte[]>> imagesAfter(int count) {
        return imagesAfter(count, false);
    }

    /** Also of disks that do not keep the order of changes to names: any one since the last folder sync is missing, those after it are there. */
    public List<Map<String, byte[]>> imagesOutOfOrderAfter(int count) {
        return imagesAfter(count, true);
    }

    private static Map<String, Node> without(Map<String, Node> base, List<Consumer<Map<String, Node>>> changes, int missing) {
        var names = new LinkedHashMap<>(base);
        for (int i = 0; i < changes.size(); i++) {
            if (i != missing) {
                changes.get(i).accept(names);
            }
        }
        return names;
    }

    private List<Map<String, byte[]>> imagesAfter(int count, boolean outOfOrder) {
        Map<String, Node> current = new LinkedHashMap<>();
        initial.forEach((name, content) -> {
            Node node = new Node();
            node.content = content;
            node.synced = content.length;
            current.put(name, node);
        });
        List<Map<String, Node>> names = new ArrayList<>();
        names.add(new LinkedHashMap<>(current));
        Map<String, Node> sure = new LinkedHashMap<>(current);
        List<Consumer<Map<String, Node>>> changes = new ArrayList<>();
        for (Operation operation : operations.subList(0, count)) {
            switch (operation) {
                case Operation.Write(String name, byte[] content) -> {
                    Node node = current.computeIfAbsent(name, n -> new Node());
                    node.content = content;
                    node.synced = 0;
                    changes.add(map -> map.put(name, node));
                    names.add(new LinkedHashMap<>(current));
                }
                case Operation.Append(String name, byte[] content) -> {
                    if (!current.containsKey(name)) {
                        Node made = new Node();
                        current.put(name, made);
                        changes.add(map -> map.put(name, made));
                        names.add(new LinkedHashMap<>(current));
                    }
                    Node node = current.get(name);
                    byte[] longer = Arrays.copyOf(node.content, node.content.length + content.length);
                    System.arraycopy(content, 0, longer, node.content.length, content.length);
                    node.content = longer;
                }
                case Operation.Delete(String name) -> {
                    current.remove(name);
                    changes.add(map -> map.remove(name));
                    names.add(new LinkedHashMap<>(current));
                }
                case Operation.Sync(String name) -> {
                    Node node = current.get(name);
                    node.synced = node.content.length;
                }
                case Operation.Rename(String from, String to) -> {
                    Node moved = current.remove(from);
                    current.put(to, moved);
                    changes.add(map -> {
                        map.remove(from, moved);
                        map.put(to, moved);
                    });
                    names.add(new LinkedHashMap<>(current));
                }
                case Operation.SyncFolder() -> {
                    names.clear();
                    names.add(new LinkedHashMap<>(current));
                    sure = new LinkedHashMap<>(current);
                    changes.clear();
                }
            }
        }
        for (int missing = 0; outOfOrder && missing < changes.size(); missing++) {
            names.add(without(sure, changes, missing));
        }
        var images = new ArrayList<Map<String, byte[]>>();
        for (Map<String, Node> view : names) {
            List<Map<String, byte[]>> partial = new ArrayList<>(List.of(new LinkedHashMap<>()));
            for (Map.Entry<String, Node> file : view.entrySet()) {
                var next = new ArrayList<Map<String, byte[]>>();
                for (Map<String, byte[]> image : partial) {
                    for (byte[] content : contents(file.getValue())) {
                        var extended = new LinkedHashMap<>(image);
                        extended.put(file.getKey(), content);
                        next.add(extended);
                    }
                }
                partial = next;
            }
            images.addAll(partial);
        }
        return images;
    }

    private static List<byte[]> contents(Node node) {
        int length = node.content.length;
        int sure = node.synced;
        if (sure == length) {
            return List.of(node.content);
        }
        var all = new ArrayList<byte[]>(List.of(node.content, Arrays.copyOf(node.content, sure),
                Arrays.copyOf(Arrays.copyOf(node.content, sure), length)));
        for (int cut = (sure / SECTOR + 1) * SECTOR; cut < length; cut += SECTOR) {
            all.add(Arrays.copyOf(node.content, cut));
            // Grown to its length, but a sector of it not written.
            all.add(Arrays.copyOf(Arrays.copyOf(node.content, cut), length));
            byte[] late = node.content.clone();
            Arrays.fill(late, Math.max(sure, cut - SECTOR), cut, (byte) 0);
            all.add(late);
        }
        for (int cut = sure + 1; cut < length; cut += 37) {
            all.add(Arrays.copyOf(node.content, cut));
        }
        all.add(Arrays.copyOf(node.content, length - 1));
        return all;
    }
}
