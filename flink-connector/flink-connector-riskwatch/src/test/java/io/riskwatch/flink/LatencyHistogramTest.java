package io.riskwatch.flink;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.metrics.HistogramStatistics;

import org.junit.jupiter.api.Test;

import java.util.stream.LongStream;

class LatencyHistogramTest {

    @Test
    void describesTheLastValues() {
        LatencyHistogram histogram = new LatencyHistogram(100);
        LongStream.rangeClosed(1, 250).forEach(histogram::update);

        HistogramStatistics statistics = histogram.getStatistics();

        assertThat(histogram.getCount()).isEqualTo(250);
        assertThat(statistics.size()).isEqualTo(100);
        assertThat(statistics.getMin()).isEqualTo(151);
        assertThat(statistics.getMax()).isEqualTo(250);
        assertThat(statistics.getMean()).isEqualTo(200.5);
        assertThat(statistics.getQuantile(0.5)).isEqualTo(200);
        assertThat(statistics.getQuantile(0.99)).isEqualTo(249);
        assertThat(statistics.getQuantile(1)).isEqualTo(250);
        assertThat(statistics.getQuantile(0)).isEqualTo(151);
    }

    @Test
    void isZeroBeforeTheFirst() {
        HistogramStatistics statistics = new LatencyHistogram(10).getStatistics();

        assertThat(statistics.getQuantile(0.5)).isZero();
        assertThat(statistics.getMean()).isZero();
        assertThat(statistics.getMax()).isZero();
    }
}
