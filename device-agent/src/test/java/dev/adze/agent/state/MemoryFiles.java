package dev.adze.agent.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A folder in memory that writes down what is done to it, and can say what a power cut may leave at any moment. */
final class MemoryFiles implements StateFiles {
    private sealed interface Operation {
        record Write(String name, byte[] content) implements Operation {}

        record Sync(String name) implements Operation {}

        record Rename(String from, String to) implements Operation {}

        record SyncFolder() implements Operation {}
    }

    /** A file's content and what of it is on the disk; shared by the names that it goes through. */
    private static final class Node {
        byte[] content;
        boolean synced;
    }

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<Operation> operations = new ArrayList<>();

    MemoryFiles() {}

    MemoryFiles(Map<String, byte[]> image) {
        files.putAll(image);
    }

    int operationCount() {
        return operations.size();
    }

    @Override
    public Optional<byte[]> read(String name) {
        return Optional.ofNullable(files.get(name));
    }

    @Override
    public void write(String name, byte[] content) {
        operations.add(new Operation.Write(name, content.clone()));
        files.put(name, content.clone());
    }

    @Override
    public void sync(String name) throws IOException {
        if (!files.containsKey(name)) {
            throw new IOException("no " + name);
        }
        operations.add(new Operation.Sync(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        if (!files.containsKey(from)) {
            throw new IOException("no " + from);
        }
        operations.add(new Operation.Rename(from, to));
        files.put(to, files.remove(from));
    }

    @Override
    public void syncFolder() {
        operations.add(new Operation.SyncFolder());
    }

    /**
     * What may be on the disk if the power fails after so many operations: names as of the last folder sync or with any
     * number of the changes since, in their order; of every file not synced nothing, zeros, or its beginning up to some
     * sector or byte.
     */
    List<Map<String, byte[]>> imagesAfter(int count) {
        Map<String, Node> durable = new LinkedHashMap<>();
        Map<String, Node> current = new LinkedHashMap<>();
        List<Map<String, Node>> names = new ArrayList<>();
        names.add(durable);
        for (Operation operation : operations.subList(0, count)) {
            switch (operation) {
                case Operation.Write(String name, byte[] content) -> {
                    Node node = current.computeIfAbsent(name, n -> new Node());
                    node.content = content;
                    node.synced = false;
                    names.add(new LinkedHashMap<>(current));
                }
                case Operation.Sync(String name) -> current.get(name).synced = true;
                case Operation.Rename(String from, String to) -> {
                    current.put(to, current.remove(from));
                    names.add(new LinkedHashMap<>(current));
                }
                case Operation.SyncFolder() -> {
                    names.clear();
                    names.add(new LinkedHashMap<>(current));
                }
            }
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
        if (node.synced) {
            return List.of(node.content);
        }
        int length = node.content.length;
        var all = new ArrayList<byte[]>(List.of(node.content, new byte[0], new byte[length]));
        for (int cut = 512; cut < length; cut += 512) {
            all.add(Arrays.copyOf(node.content, cut));
            // Grown to its length, but a sector of it not written.
            all.add(Arrays.copyOf(Arrays.copyOf(node.content, cut), length));
            byte[] late = node.content.clone();
            Arrays.fill(late, cut - 512, cut, (byte) 0);
            all.add(late);
        }
        for (int cut = 1; cut < length; cut += 37) {
            all.add(Arrays.copyOf(node.content, cut));
        }
        all.add(Arrays.copyOf(node.content, length - 1));
        return all;
    }
}
