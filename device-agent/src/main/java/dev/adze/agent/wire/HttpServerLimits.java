package dev.adze.agent.wire;

/**
 * Limits of the JDK's HTTP server, which metrics and serving share. It reads them once, when it is first used in a process:
 * whoever starts one calls {@link #set} before. A property that is set on the command line stays.
 */
public final class HttpServerLimits {
    private HttpServerLimits() {
    }

    /** Answers at once, not after 40 ms (Nagle's algorithm and delayed acknowledgements); cuts off who sends or reads slowly. */
    public static void set() {
        setUnlessGiven("sun.net.httpserver.nodelay", "true");
        setUnlessGiven("sun.net.httpserver.maxReqTime", "10");
        setUnlessGiven("sun.net.httpserver.maxRspTime", "30");
        setUnlessGiven("sun.net.httpserver.idleInterval", "60");
        setUnlessGiven("jdk.httpserver.maxConnections", "512");
    }

    private static void setUnlessGiven(String name, String value) {
        System.getProperties().putIfAbsent(name, value);
    }
}
