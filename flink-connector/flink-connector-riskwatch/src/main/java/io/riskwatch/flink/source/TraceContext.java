package io.riskwatch.flink.source;

import org.apache.flink.annotation.PublicEvolving;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The W3C trace context (https://www.w3.org/TR/trace-context/) that a record carries.
 *
 * @param traceparent version, trace id, span id and flags; null when the record has none
 * @param tracestate what vendors add; null when absent
 */
@PublicEvolving
public record TraceContext(String traceparent, String tracestate) {

    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";
    /** Printable ASCII: anything else is no HTTP header. */
    private static final Pattern HEADER_TEXT = Pattern.compile("[ -~]{1,512}");
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{2}-[0-9a-f]{32}-)([0-9a-f]{16})(-[0-9a-f]{2})");

    /** The trace that the record's headers name. */
    public static TraceContext of(DetectionRecord record) {
        return new TraceContext(record.header(TRACEPARENT).orElse(null), record.header(TRACESTATE).orElse(null));
    }

    /** The headers to send along: the same trace, with a new span id; empty without a trace, or
     * with a broken one. */
    public Map<String, String> nextHop() {
        Map<String, String> headers = new LinkedHashMap<>();
        Matcher parts = FORM.matcher(traceparent == null ? "" : traceparent);
        if (parts.matches()) {
            headers.put(TRACEPARENT, parts.group(1) + newSpanId() + parts.group(3));
            if (tracestate != null && HEADER_TEXT.matcher(tracestate).matches()) {
                headers.put(TRACESTATE, tracestate);
            }
        }
        return headers;
    }

    private static String newSpanId() {
        // 0 means "no span".
        long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        return String.format(Locale.ROOT, "%016x", id);
    }
}
