package io.riskwatch.flink.task;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.util.Preconditions;

import io.riskwatch.flink.source.TraceContext;
import org.apache.kafka.clients.producer.ProducerRecord;

import java.nio.charset.StandardCharsets;

/** Writes tasks for the tasks topic: keyed by task id, with {@code content-type} and the detection's trace. */
@PublicEvolving
public class AssessmentTaskSerializer implements KafkaRecordSerializationSchema<AssessmentTask> {

    private static final long serialVersionUID = 1L;

    private final String topic;

    /** @param topic the tasks topic */
    public AssessmentTaskSerializer(String topic) {
        this.topic = Preconditions.checkNotNull(topic, "topic");
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(AssessmentTask task, KafkaSinkContext context, Long timestamp) {
        ProducerRecord<byte[], byte[]> out =
                new ProducerRecord<>(
                        topic,
                        null,
                        task.taskId().getBytes(StandardCharsets.UTF_8),
                        AssessmentTaskJson.write(task, System.currentTimeMillis()));
        out.headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
        TraceContext.of(task.record())
                .nextHop()
                .forEach((name, value) -> out.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return out;
    }
}
