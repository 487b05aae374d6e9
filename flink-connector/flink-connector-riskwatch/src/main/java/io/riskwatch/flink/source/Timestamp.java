package io.riskwatch.flink.source;

import org.apache.flink.annotation.Internal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Moments as every message writes them: ISO-8601, UTC, three digits of milliseconds. */
@Internal
public final class Timestamp {

    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** The moments that four digits of a year can name; a record's own timestamp may be any number. */
    private static final long FIRST = Instant.parse("0000-01-01T00:00:00Z").toEpochMilli();

    private static final long LAST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private Timestamp() {}

    /** @param millis milliseconds since 1970 */
    public static String of(long millis) {
        return FORM.format(Instant.ofEpochMilli(Math.max(FIRST, Math.min(millis, LAST))));
    }
}
