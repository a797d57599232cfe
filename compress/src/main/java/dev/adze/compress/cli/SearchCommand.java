package dev.adze.compress.cli;

import dev.adze.compress.pipeline.Progress;
import dev.adze.compress.pipeline.StopSignal;
import dev.adze.compress.recipe.RecipeFiles;
import dev.adze.compress.report.SearchPage;
import dev.adze.compress.search.Search;
import dev.adze.compress.search.SearchReader;
import dev.adze.compress.search.SearchResult;
import dev.adze.compress.search.SearchSpec;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "search", mixinStandardHelpOptions = true, description = {"Searches over recipes for the best trade of accuracy, size"
    + " and latency within a device's budget: docs/search.md.", "Stop it with Ctrl-C; the same command goes on from there."})
final class SearchCommand implements Runnable {
    @Parameters(paramLabel = "SEARCH", description = "a search file")
    private Path file;

    @Option(names = "--out", paramLabel = "FOLDER", description = "where trials and results go (default: runs/SEARCH-NAME)")
    private Path out;

    @Option(names = "--engine", paramLabel = "MASTER", description = "spread trials over Apache Spark, from SPARK_HOME:"
            + " spark://HOST:PORT, or local[N] for N at a time on this machine; default: one after the other in this process")
    private String engine;

    @Override
    public void run() {
        SearchSpec spec = SearchReader.read(file);
        Path folder = out != null ? out : Path.of("runs", spec.name());
        try (var stop = new StopSignal()) {
            var search = new Search(spec, folder, Main.version(), new Progress(System.out, RecipeOptions.terminal(), stop));
            SearchResult result = engine == null ? search.run() : search.runOnSpark(engine, System.getenv("SPARK_HOME"),
                    List.of(RecipeFiles.home().toAbsolutePath().resolve("adze").toString(), "search-trial"));
            System.out.println();
            System.out.print(SearchPage.front(result.report()));
            System.out.println(result.report().why());
            result.bundle().ifPresent(bundle -> System.out.println("chosen: " + bundle + ", recipe " + bundle.resolveSibling("chosen.yaml")));
            System.out.println("report: " + folder.resolve("search.html"));
        }
    }
}
