package dev.adze.compress.cli;

import dev.adze.compress.pipeline.StopSignal;
import dev.adze.compress.search.TrialWorker;
import picocli.CommandLine.Command;

@Command(name = "search-trial", hidden = true, mixinStandardHelpOptions = true,
        description = "Runs one trial that adze search hands over on standard input; engines start it on their workers.")
final class SearchTrialCommand implements Runnable {
    @Override
    public void run() {
        try (var stop = new StopSignal()) {
            TrialWorker.run(System.in, System.out, Main.version(), stop);
        }
    }
}
