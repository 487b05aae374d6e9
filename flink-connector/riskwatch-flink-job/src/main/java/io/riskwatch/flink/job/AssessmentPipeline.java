package io.riskwatch.flink.job;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import io.riskwatch.flink.AssessmentAsyncFunction;
import io.riskwatch.flink.DetectionSource;
import io.riskwatch.flink.RiskwatchOptions;
import io.riskwatch.flink.dispatch.AssessmentClientOptions;
import io.riskwatch.flink.source.DeadLetter;
import io.riskwatch.flink.source.DeadLetterSerializer;
import io.riskwatch.flink.source.DetectionRecord;
import io.riskwatch.flink.task.AssessmentTask;
import io.riskwatch.flink.task.AssessmentTaskJson;
import io.riskwatch.flink.task.AssessmentTaskSerializer;
import io.riskwatch.flink.task.RepeatFilter;
import io.riskwatch.flink.task.TaskMaker;
import io.riskwatch.flink.task.TaskTerms;

import java.net.URI;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * The graph: detections → tasks → without repeats → the scheduler, and dead letters on the side. Every operator has a
 * uid, by which a checkpoint finds its state again: never change one.
 */
final class AssessmentPipeline {

    /** Keys, headers and framing come on top of the largest value. */
    private static final int PRODUCER_ROOM_BYTES = 64 * 1024;

    private final ReadableConfig config;

    AssessmentPipeline(ReadableConfig config) {
        this.config = config;
    }

    void addTo(StreamExecutionEnvironment environment) {
        SingleOutputStreamOperator<AssessmentTask> tasks =
                environment
                        .fromSource(source(), WatermarkStrategy.noWatermarks(), "detections")
                        .uid("detections")
                        .process(new TaskMaker(terms()))
                        .name("tasks")
                        .uid("tasks");
        DataStream<DeadLetter> deadLetters = tasks.getSideOutput(DeadLetter.TAG);

        DataStream<AssessmentTask> once = withoutRepeats(tasks);
        if (config.get(RiskwatchOptions.DISPATCH) == RiskwatchOptions.Dispatch.HTTP) {
            deadLetters = deadLetters.union(callScheduler(once));
        } else {
            writeTopic(once);
        }
        writeDeadLetters(deadLetters);
    }

    private KafkaSource<DetectionRecord> source() {
        return DetectionSource.builder()
                .setBootstrapServers(required(RiskwatchOptions.BOOTSTRAP_SERVERS))
                .setTopic(config.get(RiskwatchOptions.DETECTIONS_TOPIC))
                .setConsumerGroup(config.get(RiskwatchOptions.CONSUMER_GROUP))
                .setRetention(config.get(RiskwatchOptions.DETECTIONS_RETENTION))
                .setProperties(config.get(RiskwatchOptions.KAFKA_PROPERTIES))
                .build();
    }

    private TaskTerms terms() {
        return new TaskTerms(
                required(RiskwatchOptions.POLICY_VERSION),
                config.get(RiskwatchOptions.REVISION),
                config.get(RiskwatchOptions.PRIORITY),
                config.get(RiskwatchOptions.DEADLINE));
    }

    private DataStream<AssessmentTask> withoutRepeats(DataStream<AssessmentTask> tasks) {
        Duration timeToLive = config.get(RiskwatchOptions.DEDUPE_TTL);
        if (timeToLive.isZero()) {
            return tasks;
        }
        return tasks.keyBy(AssessmentTask::taskId, Types.STRING)
                .process(new RepeatFilter(timeToLive))
                .name("repeats")
                .uid("repeats");
    }

    private DataStream<DeadLetter> callScheduler(DataStream<AssessmentTask> tasks) {
        AssessmentClientOptions options =
                AssessmentClientOptions.builder(URI.create(required(RiskwatchOptions.ENDPOINT)))
                        .setRequestTimeout(config.get(RiskwatchOptions.REQUEST_TIMEOUT))
                        .setInitialBackoff(config.get(RiskwatchOptions.INITIAL_BACKOFF))
                        .setMaxBackoff(config.get(RiskwatchOptions.MAX_BACKOFF))
                        .build();
        return AsyncDataStream.unorderedWait(
                        tasks,
                        new AssessmentAsyncFunction(options),
                        0,
                        TimeUnit.MILLISECONDS,
                        config.get(RiskwatchOptions.CAPACITY))
                .name("dispatch")
                .uid("dispatch")
                .flatMap(new RejectedTasks())
                .name("rejected")
                .uid("rejected");
    }

    private void writeTopic(DataStream<AssessmentTask> tasks) {
        var serializer = new AssessmentTaskSerializer(config.get(RiskwatchOptions.TASKS_TOPIC));
        tasks.sinkTo(sink(serializer, AssessmentTaskJson.MAX_BYTES)).name("dispatch").uid("dispatch-topic");
    }

    private void writeDeadLetters(DataStream<DeadLetter> deadLetters) {
        String topic =
                config.getOptional(RiskwatchOptions.DEAD_LETTERS_TOPIC)
                        .orElseGet(() -> config.get(RiskwatchOptions.DETECTIONS_TOPIC) + ".dlq");
        var serializer = new DeadLetterSerializer(topic, config.get(RiskwatchOptions.CONSUMER_GROUP));
        deadLetters
                .sinkTo(sink(serializer, DeadLetterSerializer.MAX_RECORD_BYTES))
                .name("dead letters")
                .uid("dead-letters");
    }

    private <T> KafkaSink<T> sink(KafkaRecordSerializationSchema<T> serializer, int maxBytes) {
        Properties properties = new Properties();
        properties.setProperty("max.request.size", Integer.toString(maxBytes + PRODUCER_ROOM_BYTES));
        properties.setProperty("register.producer.metrics", "false");
        properties.putAll(config.get(RiskwatchOptions.KAFKA_PROPERTIES));
        return KafkaSink.<T>builder()
                .setBootstrapServers(required(RiskwatchOptions.BOOTSTRAP_SERVERS))
                .setKafkaProducerConfig(properties)
                .setRecordSerializer(serializer)
                // Written at once and flushed with each checkpoint; ids make the repeats after a restart harmless.
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .build();
    }

    private String required(ConfigOption<String> option) {
        return config.getOptional(option)
                .orElseThrow(
                        () ->
                                new IllegalConfigurationException(
                                        option.key() + " is not set; give it as --" + option.key() + " VALUE or in the"
                                                + " --config file"));
    }
}
