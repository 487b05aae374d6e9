package io.riskwatch.flink;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.util.Preconditions;

import io.riskwatch.flink.source.DetectionRecord;
import io.riskwatch.flink.source.DetectionRecordDeserializer;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the detections topic, byte for byte; {@link io.riskwatch.flink.task.TaskMaker} makes tasks of it.
 *
 * <p>A job that is restored goes on at the offsets in its checkpoint. One that starts without goes back by the topic's
 * retention, whatever the consumer group has committed: the group's offsets are only a display of progress, and what is
 * read twice ends in the same task ids. Partitions are assigned by Flink, so the group never shows members.
 */
@PublicEvolving
public final class DetectionSource {

    private DetectionSource() {}

    public static Builder builder() {
        return new Builder();
    }

    /** Builds the source. */
    public static final class Builder {

        private static final String MAX_PARTITION_FETCH_BYTES = Integer.toString(2 * 1024 * 1024);
        private static final String MAX_POLL_RECORDS = "64";

        private final Map<String, String> properties = new HashMap<>();
        private String bootstrapServers;
        private String topic = RiskwatchOptions.DETECTIONS_TOPIC.defaultValue();
        private String consumerGroup = RiskwatchOptions.CONSUMER_GROUP.defaultValue();
        private Duration retention = RiskwatchOptions.DETECTIONS_RETENTION.defaultValue();
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /** The brokers, as {@code host:port,host:port}. */
        public Builder setBootstrapServers(String bootstrapServers) {
            this.bootstrapServers = bootstrapServers;
            return this;
        }

        /** The detections topic. Default {@code detection-results-topic}. */
        public Builder setTopic(String topic) {
            this.topic = Preconditions.checkNotNull(topic, "topic");
            return this;
        }

        /** Where progress is shown: committed with each checkpoint. Default {@code riskwatch-flink}. */
        public Builder setConsumerGroup(String consumerGroup) {
            this.consumerGroup = Preconditions.checkNotNull(consumerGroup, "consumerGroup");
            return this;
        }

        /** How far back a start without a checkpoint goes. Default 2 h, what the topic keeps. */
        public Builder setRetention(Duration retention) {
            this.retention = Preconditions.checkNotNull(retention, "retention");
            return this;
        }

        /** Further properties of the Kafka consumer, such as {@code security.protocol}. */
        public Builder setProperties(Map<String, String> properties) {
            this.properties.putAll(properties);
            return this;
        }

        /** Where "now" comes from. Default the system's clock. */
        public Builder setClock(Clock clock) {
            this.clock = Preconditions.checkNotNull(clock, "clock");
            return this;
        }

        public KafkaSource<DetectionRecord> build() {
            Preconditions.checkState(bootstrapServers != null, "setBootstrapServers was not called");
            Map<String, String> all = new HashMap<>();
            // A record may be larger than Kafka's default fetch, and a poll is held in memory as a whole.
            all.put("max.partition.fetch.bytes", MAX_PARTITION_FETCH_BYTES);
            all.put("max.poll.records", MAX_POLL_RECORDS);
            all.put("partition.discovery.interval.ms", "30000");
            // Hundreds of series of the Kafka client; pendingRecords and the offsets stay.
            all.put("register.consumer.metrics", "false");
            all.putAll(properties);
            var source =
                    KafkaSource.<DetectionRecord>builder()
                            .setBootstrapServers(bootstrapServers)
                            .setTopics(topic)
                            .setGroupId(consumerGroup)
                            .setClientIdPrefix(consumerGroup)
                            .setStartingOffsets(OffsetsInitializer.timestamp(clock.millis() - retention.toMillis()))
                            .setDeserializer(new DetectionRecordDeserializer());
            all.forEach(source::setProperty);
            return source.build();
        }
    }
}
