package dev.adze.agent.cli;

/** The agent's version, as in the build. */
final class Version {
    static final String TEXT = text();

    private Version() {}

    private static String text() {
        String built = Version.class.getPackage().getImplementationVersion();
        return built == null ? "0.1.0-SNAPSHOT" : built;
    }
}
