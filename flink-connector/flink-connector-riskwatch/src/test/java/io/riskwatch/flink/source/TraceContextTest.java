package io.riskwatch.flink.source;

import static io.riskwatch.flink.testing.Detections.TRACEPARENT;
import static io.riskwatch.flink.testing.Detections.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.riskwatch.flink.testing.Detections;
import org.junit.jupiter.api.Test;

import java.util.Map;

class TraceContextTest {

    @Test
    void keepsTheTraceAndTakesANewSpan() {
        Map<String, String> headers = nextHop(header("traceparent", TRACEPARENT), header("tracestate", "vendor=1"));

        assertThat(headers.get("traceparent"))
                .matches("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01")
                .isNotEqualTo(TRACEPARENT);
        assertThat(headers).containsEntry("tracestate", "vendor=1");
    }

    @Test
    void takesTheLastOfRepeatedHeaders() {
        String last = TRACEPARENT.replace("4bf92f35", "00000001");

        assertThat(nextHop(header("traceparent", TRACEPARENT), header("traceparent", last)).get("traceparent"))
                .startsWith("00-00000001");
    }

    @Test
    void sendsNothingWithoutATraceThatCanBeRead() {
        assertThat(nextHop()).isEmpty();
        assertThat(nextHop(header("traceparent", "nonsense"), header("tracestate", "vendor=1"))).isEmpty();
        assertThat(nextHop(new RecordHeader("traceparent", null))).isEmpty();
    }

    @Test
    void leavesOutAStateThatIsNoHttpHeader() {
        assertThat(nextHop(header("traceparent", TRACEPARENT), header("tracestate", "a\r\nevil: 1")))
                .containsOnlyKeys("traceparent");
    }

    private static Map<String, String> nextHop(RecordHeader... headers) {
        return TraceContext.of(Detections.record(new byte[0], headers)).nextHop();
    }
}
