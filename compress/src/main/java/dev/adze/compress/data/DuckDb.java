package dev.adze.compress.data;

import dev.adze.runtime.AdzeException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An in-memory DuckDB that stays off the network and leaves no files. Confined to a thread. */
final class DuckDb implements AutoCloseable {
    private static final Pattern ERROR_LINE = Pattern.compile("CSV Error on Line: (\\d+)");

    private final Connection connection;
    private final Statement statement;

    DuckDb() throws SQLException {
        var properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        connection = DriverManager.getConnection("jdbc:duckdb:", properties);
        statement = connection.createStatement();
        statement.execute("SET autoinstall_known_extensions = false");
        statement.execute("SET autoload_known_extensions = false");
        statement.execute("SET temp_directory = ''");
        statement.execute("SET TimeZone = 'UTC'");
        statement.execute("SET preserve_insertion_order = true");
    }

    ResultSet query(String sql) throws SQLException {
        return statement.executeQuery(sql);
    }

    @Override
    public void close() throws SQLException {
        statement.close();
        connection.close();
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    static String identifier(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    static String list(List<String> texts) {
        return texts.stream().map(DuckDb::literal).collect(Collectors.joining(", ", "[", "]"));
    }

    /** DuckDB takes file names as globs: wildcard characters in real names are put in brackets, each on its own. */
    static String fileList(List<Path> files) {
        return list(files.stream().map(file -> file.toString().replaceAll("[*?\\[]", "[$0]")).toList());
    }

    /** A query's failure as one line about the files it read. */
    static AdzeException failure(String where, SQLException e) {
        if (String.valueOf(e.getMessage()).contains("not utf-8 encoded")) {
            Matcher line = ERROR_LINE.matcher(e.getMessage());
            return new AdzeException(AdzeException.Kind.BAD_DATA, where + (line.find() ? " line " + line.group(1) : "")
                    + " is not UTF-8 text; convert the file, or check that it is text at all", e);
        }
        String reason = String.valueOf(e.getMessage()).lines().map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("Invalid Input Error: Attempting to execute"))
                .findFirst().orElse("no reason given").replaceFirst("^Error: ", "");
        return new AdzeException(AdzeException.Kind.BAD_DATA, where + " cannot be read: " + reason
                + "; check that the file is whole and of the format its name tells", e);
    }
}
