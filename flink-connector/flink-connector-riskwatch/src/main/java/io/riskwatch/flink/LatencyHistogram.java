package io.riskwatch.flink;

import org.apache.flink.annotation.Internal;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;

import java.util.Arrays;

/**
 * The last values of a series, for quantiles that follow the present. Written by one thread, read by reporters.
 */
@Internal
final class LatencyHistogram implements Histogram {

    private final long[] window;
    private long count;

    /** @param size how many values are remembered */
    LatencyHistogram(int size) {
        this.window = new long[size];
    }

    @Override
    public synchronized void update(long value) {
        window[(int) (count++ % window.length)] = value;
    }

    @Override
    public synchronized long getCount() {
        return count;
    }

    @Override
    public synchronized HistogramStatistics getStatistics() {
        return new Snapshot(Arrays.copyOf(window, (int) Math.min(count, window.length)));
    }

    private static final class Snapshot extends HistogramStatistics {

        private final long[] values;

        private Snapshot(long[] values) {
            Arrays.sort(values);
            this.values = values;
        }

        /** The value at that rank (nearest rank); 0 when there is none yet. */
        @Override
        public double getQuantile(double quantile) {
            if (values.length == 0) {
                return 0;
            }
            int rank = (int) Math.ceil(quantile * values.length);
            return values[Math.min(Math.max(rank, 1), values.length) - 1];
        }

        @Override
        public long[] getValues() {
            return values.clone();
        }

        @Override
        public int size() {
            return values.length;
        }

        @Override
        public double getMean() {
            return Arrays.stream(values).average().orElse(0);
        }

        @Override
        public double getStdDev() {
            double mean = getMean();
            return Math.sqrt(Arrays.stream(values).mapToDouble(v -> (v - mean) * (v - mean)).average().orElse(0));
        }

        @Override
        public long getMax() {
            return values.length == 0 ? 0 : values[values.length - 1];
        }

        @Override
        public long getMin() {
            return values.length == 0 ? 0 : values[0];
        }
    }
}
