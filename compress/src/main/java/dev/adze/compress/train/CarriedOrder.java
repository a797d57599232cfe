package dev.adze.compress.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * An order of windows for training with carried state (truncated back-propagation through time, Williams and Peng 1990): every
 * row of a batch walks along the series, and the state that it ends a window in is the one that it starts the next in.
 *
 * @param windows {@code [steps * lanes]}, step by step
 * @param fresh   of the same size: whether the row starts from zero state
 */
record CarriedOrder(int[] windows, boolean[] fresh) {
    /**
     * All chains in an order drawn by the seed, cut into as many stretches of one length as a batch has rows; what is left over
     * is left out.
     */
    static CarriedOrder of(Windows windows, int lanes, long seed) {
        List<int[]> chains = chains(windows);
        Collections.shuffle(chains, new Random(seed));
        int steps = windows.size() / lanes;
        var order = new CarriedOrder(new int[steps * lanes], new boolean[steps * lanes]);
        int at = 0;
        for (int[] chain : chains) {
            for (int i = 0; i < chain.length && at < steps * lanes; i++, at++) {
                int step = at % steps;
                int slot = step * lanes + at / steps;
                order.windows[slot] = chain[i];
                order.fresh[slot] = i == 0 || step == 0;
            }
        }
        return order;
    }

    /** Windows that follow each other without a gap; every window is in one chain. */
    static List<int[]> chains(Windows windows) {
        var follows = new boolean[windows.size()];
        for (int i = 0; i < follows.length; i++) {
            int next = windows.follower(i);
            if (next >= 0) {
                follows[next] = true;
            }
        }
        var chains = new ArrayList<int[]>();
        var chain = new int[windows.size()];
        for (int head = 0; head < follows.length; head++) {
            if (!follows[head]) {
                int length = 0;
                for (int window = head; window >= 0; window = windows.follower(window)) {
                    chain[length++] = window;
                }
                chains.add(java.util.Arrays.copyOf(chain, length));
            }
        }
        return chains;
    }
}
