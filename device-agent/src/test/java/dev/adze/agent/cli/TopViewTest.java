package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TopViewTest {
    private static List<String> lines(String json) {
        return TopView.lines(JsonMapper.shared().readTree(json), 100);
    }

    @Test
    void aThrottledBoardAndTheSlowestStageShow() {
        List<String> lines = lines("""
                {"byState":[{"clock":"capped","thermal":"passive","n":70,"p50":812.5,"p99":null,"max":2000},
                            {"clock":"full","thermal":"cool","n":2000,"p50":400,"p99":700.25,"max":900}],
                 "slowest":{"n":20,"mean":1500,"share":{"lateness":0.5,"read":0.25,"inference":0.25}}}""");
        for (String line : new String[] {"  total while capped/passive: n 70, p50 812.5, p99 n/a, max 2000.0",
            "  total while full/cool: n 2000, p50 400.0, p99 700.3, max 900.0", "  slowest 1 %: lateness 50 %, read 25 %, inference 25 %"}) {
            assertTrue(lines.contains(line), line + " in\n" + String.join("\n", lines));
        }
    }

    @Test
    void aBoardThatTellsNothingHasNoLine() {
        List<String> lines = lines("{\"byState\":[{\"clock\":\"unknown\",\"thermal\":\"unknown\",\"n\":7}]}");
        assertFalse(String.join("\n", lines).contains("while") || String.join("\n", lines).contains("slowest"), lines.toString());
    }
}
