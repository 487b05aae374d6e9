package io.riskwatch.flink.dispatch;

import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt. It depends on the attempt's number alone, so that thousands of tasks share
 * one instance: doubling from the first pause up to the longest, ± 20 % so that they do not come back in step; never
 * sooner than the server asked for.
 */
final class RetryDelay {

    /** A server that asks for more than this is not believed. */
    static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(60);

    private static final double JITTER = 0.2;
    private static final int MAX_DOUBLINGS = 30;

    private final long initialMs;
    private final long maxMs;
    private final DoubleSupplier random;
    private final Clock clock;

    /** @param random numbers from 0 (included) to 1 (excluded) */
    RetryDelay(Duration initial, Duration max, DoubleSupplier random, Clock clock) {
        this.initialMs = initial.toMillis();
        this.maxMs = max.toMillis();
        this.random = random;
        this.clock = clock;
    }

    /** The pause in milliseconds after attempt number {@code attempt} (from 1) got no answer. */
    long afterFailure(int attempt) {
        long doubled = initialMs << Math.min(attempt - 1, MAX_DOUBLINGS);
        long backoff = doubled <= 0 ? maxMs : Math.min(doubled, maxMs);
        return Math.round(backoff * (1 + JITTER * (2 * random.getAsDouble() - 1)));
    }

    /** The pause in milliseconds after attempt number {@code attempt} (from 1) got an answer with these headers. */
    long afterAnswer(int attempt, HttpHeaders headers) {
        long asked = headers.firstValue("retry-after").map(this::milliseconds).orElse(0L);
        long spread = Math.round(asked * JITTER * random.getAsDouble());
        return Math.max(afterFailure(attempt), asked + spread);
    }

    /** Seconds or an HTTP date (RFC 9110 §10.2.3); 0 for anything else. */
    private long milliseconds(String retryAfter) {
        long ms;
        try {
            if (retryAfter.matches("\\d{1,9}")) {
                ms = Long.parseLong(retryAfter) * 1000;
            } else {
                Instant until = ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
                ms = Duration.between(clock.instant(), until).toMillis();
            }
        } catch (DateTimeException | ArithmeticException e) {
            ms = 0;
        }
        return Math.max(0, Math.min(ms, LONGEST_RETRY_AFTER.toMillis()));
    }
}
