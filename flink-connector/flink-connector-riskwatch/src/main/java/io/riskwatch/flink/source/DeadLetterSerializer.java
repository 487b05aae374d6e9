package io.riskwatch.flink.source;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.util.Preconditions;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Writes dead letters: key, value and headers of the record untouched, and text headers {@code rw-dlq-*} that say where
 * it came from and what was wrong.
 */
@PublicEvolving
public class DeadLetterSerializer implements KafkaRecordSerializationSchema<DeadLetter> {

    /** The largest record the dead letter topic takes, in bytes. */
    public static final int MAX_RECORD_BYTES = 2 * 1024 * 1024;

    private static final long serialVersionUID = 1L;
    private static final String SERVICE = "riskwatch-flink";
    private static final int MAX_ERROR_CHARS = 1000;
    /** What the headers added here and Kafka's own framing take at most. */
    private static final int OVERHEAD_BYTES = 8 * 1024;

    private final String topic;
    private final String consumerGroup;

    /**
     * @param topic the dead letter topic, by convention {@code <topic>.dlq}
     * @param consumerGroup the group that read the records
     */
    public DeadLetterSerializer(String topic, String consumerGroup) {
        this.topic = Preconditions.checkNotNull(topic, "topic");
        this.consumerGroup = Preconditions.checkNotNull(consumerGroup, "consumerGroup");
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, KafkaSinkContext context, Long timestamp) {
        DetectionRecord record = letter.record();
        // A compressed record may be larger here than the broker ever saw it. Without its value it still names where
        // the original lies; refused by the producer it would stop the job for ever.
        boolean fits = sizeOf(record) + OVERHEAD_BYTES <= MAX_RECORD_BYTES;
        String error =
                fits
                        ? letter.error()
                        : letter.error() + " (left out here: more than a dead letter can hold)";

        ProducerRecord<byte[], byte[]> out =
                new ProducerRecord<>(topic, null, record.key(), fits ? record.value() : null);
        Headers headers = out.headers();
        if (fits) {
            for (RecordHeader header : record.headers()) {
                headers.add(header.name(), header.value());
            }
        }
        add(headers, "rw-dlq-topic", record.topic());
        add(headers, "rw-dlq-partition", Integer.toString(record.partition()));
        add(headers, "rw-dlq-offset", Long.toString(record.offset()));
        add(headers, "rw-dlq-timestamp", Long.toString(record.timestamp()));
        add(headers, "rw-dlq-group", consumerGroup);
        add(headers, "rw-dlq-reason", letter.reason().label());
        add(headers, "rw-dlq-error", error.substring(0, Math.min(error.length(), MAX_ERROR_CHARS)));
        add(headers, "rw-dlq-attempts", Integer.toString(letter.attempts()));
        add(headers, "rw-dlq-at", Instant.ofEpochMilli(System.currentTimeMillis()).toString());
        add(headers, "rw-dlq-service", SERVICE);
        add(headers, "rw-dlq-id", idOf(record));
        return out;
    }

    /** The same record put aside twice has the same id, whoever did it. */
    private String idOf(DetectionRecord record) {
        return record.topic() + "/" + record.partition() + "/" + record.offset() + "/" + consumerGroup;
    }

    private static long sizeOf(DetectionRecord record) {
        long size = lengthOf(record.key()) + lengthOf(record.value());
        for (RecordHeader header : record.headers()) {
            size += 3L * header.name().length() + lengthOf(header.value());
        }
        return size;
    }

    private static long lengthOf(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
