package io.riskwatch.flink.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

class RetryDelayTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-05-01T08:30:00Z"), ZoneOffset.UTC);

    @Test
    void doublesUpToTheLongest() {
        RetryDelay delay = delay(0.5);

        assertThat(IntStream.rangeClosed(1, 7).mapToLong(delay::afterFailure))
                .containsExactly(100L, 200L, 400L, 800L, 1600L, 2000L, 2000L);
        assertThat(delay.afterFailure(1_000_000)).isEqualTo(2000);
    }

    @Test
    void spreadsByAFifthToEitherSide() {
        assertThat(delay(0).afterFailure(1)).isEqualTo(80);
        assertThat(delay(1).afterFailure(1)).isEqualTo(120);
    }

    @Test
    void neverComesSoonerThanAsked() {
        assertThat(delay(0).afterAnswer(1, retryAfter("3"))).isEqualTo(3000);
        assertThat(delay(1).afterAnswer(1, retryAfter("3"))).isEqualTo(3600);
        assertThat(delay(0.5).afterAnswer(5, retryAfter("1"))).isEqualTo(1600);
        assertThat(delay(0).afterAnswer(1, retryAfter("Fri, 01 May 2026 08:30:04 GMT"))).isEqualTo(4000);
    }

    @Test
    void doesNotBelieveNonsense() {
        assertThat(delay(0.5).afterAnswer(1, retryAfter("soon"))).isEqualTo(100);
        assertThat(delay(0.5).afterAnswer(1, retryAfter("-5"))).isEqualTo(100);
        assertThat(delay(0.5).afterAnswer(1, retryAfter("Thu, 30 Apr 2026 08:30:04 GMT"))).isEqualTo(100);
        assertThat(delay(0).afterAnswer(1, retryAfter("86400"))).isEqualTo(60_000);
    }

    private static RetryDelay delay(double random) {
        return new RetryDelay(Duration.ofMillis(100), Duration.ofSeconds(2), () -> random, CLOCK);
    }

    private static HttpHeaders retryAfter(String value) {
        return HttpHeaders.of(Map.of("Retry-After", List.of(value)), (name, text) -> true);
    }
}
