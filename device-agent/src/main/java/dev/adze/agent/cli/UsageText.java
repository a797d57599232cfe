package dev.adze.agent.cli;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in our words and with the mend. */
final class UsageText {
    private UsageText() {}

    static String of(ParameterException e) {
        if (e.getValue() != null && e.getMessage().contains("InvalidPathException")) {
            try {
                Path.of(e.getValue());
            } catch (InvalidPathException bad) {
                return badPath(bad).orElseThrow().getMessage();
            }
        }
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        return e.getMessage().replaceAll(" is not a (double|float)", " is not a number").replaceAll(" is not an? (long|int)", " is not a whole number");
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String argument = e.getUnmatched().getFirst();
        boolean command = e.getCommandLine().getParent() == null;
        String what = e.isUnknownOption() ? "there is no option " + argument
                : command ? "there is no command '" + argument + "'" : "'" + argument + "' is one argument too many";
        List<String> meant = e.isUnknownOption() || command ? e.getSuggestions().stream().filter(s -> !s.isBlank()).limit(2).toList() : List.of();
        return what + (meant.isEmpty() ? "; see `" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help`"
                : "; did you mean " + String.join(" or ", meant) + "?");
    }

    /** A name that this system cannot have, or that this locale cannot spell: told where names are made into paths. */
    static Optional<AdzeException> badPath(Throwable e) {
        if (!(e instanceof InvalidPathException path)) {
            return Optional.empty();
        }
        String name = path.getInput().replaceAll("\\p{Cntrl}", "?");
        return Optional.of(new AdzeException(Kind.USAGE, path.getReason().contains("unmappable")
                ? "the name '" + name + "' has letters that this locale lacks; set LC_ALL=C.UTF-8"
                : "'" + name + "' is no name of a file: " + path.getReason(), path));
    }
}
