package dev.adze.agent.cli;

import dev.adze.runtime.AdzeException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "top",
        description = "Shows the running agent live: sensors, prediction, latency. Ctrl-C ends it; the agent runs on.",
        mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
    private static final String OTHER_SCREEN = "\u001b[?1049h\u001b[?25l";
    private static final String OWN_SCREEN = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    @ParentCommand
    private Main main;

    @Mixin
    private RunningAgent agent;

    @Option(names = "--once", description = "One picture and no more; so it is, too, where the output is no terminal.")
    private boolean once;

    @Option(names = "--interval", paramLabel = "TIME", defaultValue = "1s", description = "Between two pictures (default: ${DEFAULT-VALUE}).")
    private String interval;

    @Override
    public Integer call() throws InterruptedException {
        long millis = Math.max(100, Math.round(1000 * Durations.seconds("--interval", interval)));
        if (once || System.console() == null || !System.console().isTerminal()) {
            TopView.lines(agent.status(), 200).forEach(System.out::println);
            return 0;
        }
        agent.status(); // an error belongs on the screen that stays
        var stop = new CountDownLatch(1);
        main.stopSignal().onSignal(stop::countDown);
        System.out.print(OTHER_SCREEN);
        try {
            do {
                TerminalSize size = TerminalSize.now();
                System.out.print(picture(lines(size.columns()), size.rows()));
                System.out.flush();
            } while (!stop.await(millis, TimeUnit.MILLISECONDS));
        } finally {
            System.out.print(OWN_SCREEN);
            System.out.flush();
        }
        return 0;
    }

    /** An agent that is being started again is waited for. */
    private List<String> lines(int columns) {
        try {
            return TopView.lines(agent.status(), columns);
        } catch (AdzeException e) {
            return List.of(e.getMessage());
        }
    }

    /** Drawn over the one before; lines that find no room are left out at the bottom, where the sensors are. */
    static String picture(List<String> lines, int rows) {
        var text = new StringBuilder(HOME);
        int shown = Math.min(lines.size(), rows);
        for (int i = 0; i < shown; i++) {
            boolean more = i == shown - 1 && shown < lines.size();
            text.append(more ? "  ... " + (lines.size() - shown + 1) + " more lines; make the window higher" : lines.get(i)).append(CLEAR_LINE)
                    .append(i < shown - 1 ? "\r\n" : "");
        }
        return text.append(CLEAR_BELOW).toString();
    }
}
