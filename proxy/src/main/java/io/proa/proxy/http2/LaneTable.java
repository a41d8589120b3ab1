package io.proa.proxy.http2;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Lanes by the stream each has under way: open addressing, no boxes.
final class LaneTable {
    private static final int FIRST_SIZE = 16;

    private @Nullable Lane[] slots = new Lane[FIRST_SIZE];
    private int size;

    int size() {
        return size;
    }

    private int slot(int stream) {
        // Numbers of one side differ in the upper bits only.
        return (stream * 0x9E3779B9 >>> 8) & slots.length - 1;
    }

    @Nullable Lane get(int stream) {
        int i = slot(stream);
        for (Lane lane = slots[i]; lane != null; lane = slots[i]) {
            if (lane.stream == stream) {
                return lane;
            }
            i = i + 1 & slots.length - 1;
        }
        return null;
    }

    void put(Lane lane) {
        if (size >= slots.length / 2) {
            @Nullable Lane[] old = slots;
            slots = new Lane[old.length * 2];
            for (Lane each : old) {
                if (each != null) {
                    insert(each);
                }
            }
        }
        insert(lane);
        size++;
    }

    private void insert(Lane lane) {
        int i = slot(lane.stream);
        while (slots[i] != null) {
            i = i + 1 & slots.length - 1;
        }
        slots[i] = lane;
    }

    /// Removes the lane of `stream`, whose number it must still have.
    void remove(int stream) {
        int i = slot(stream);
        Lane lane = slots[i];
        while (lane != null && lane.stream != stream) {
            i = i + 1 & slots.length - 1;
            lane = slots[i];
        }
        if (lane == null) {
            return;
        }
        size--;
        int hole = i;
        slots[hole] = null;
        // What was pushed on by others moves back.
        for (int j = hole + 1 & slots.length - 1; slots[j] != null; j = j + 1 & slots.length - 1) {
            Lane moved = java.util.Objects.requireNonNull(slots[j]);
            int home = slot(moved.stream);
            boolean between = hole <= j ? hole < home && home <= j : hole < home || home <= j;
            if (!between) {
                slots[hole] = moved;
                slots[j] = null;
                hole = j;
            }
        }
    }

    /// Calls `each` with every lane that is there now; they may be removed meanwhile.
    void forEach(Consumer<Lane> each) {
        for (Lane lane : slots.clone()) {
            if (lane != null && lane.stream != 0) {
                each.accept(lane);
            }
        }
    }
}
