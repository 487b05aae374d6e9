package io.riskwatch.flink.source;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.util.Preconditions;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

import java.nio.charset.StandardCharsets;

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
    private static final int MAX_TEXT_BYTES = 1000;
    /** What is left of it beside the headers added here and Kafka's own framing. */
    private static final int ROOM_BYTES = MAX_RECORD_BYTES - 16 * 1024;

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
        boolean fits = sizeOf(record) <= ROOM_BYTES;
        boolean keyFits = lengthOf(record.key()) <= ROOM_BYTES;
        String error =
                fits
                        ? letter.error()
                        : letter.error() + " (left out here: more than a dead letter can hold)";

        ProducerRecord<byte[], byte[]> out =
                new ProducerRecord<>(topic, null, keyFits ? record.key() : null, fits ? record.value() : null);
        Headers headers = out.headers();
        if (fits) {
            for (RecordHeader header : record.headers()) {
                headers.add(header.name(), header.value());
            }
        }
        // What an earlier hop noted about the first place is kept.
        addIfAbsent(headers, "rw-dlq-topic", record.topic());
        addIfAbsent(headers, "rw-dlq-partition", Integer.toString(record.partition()));
        addIfAbsent(headers, "rw-dlq-offset", Long.toString(record.offset()));
        addIfAbsent(headers, "rw-dlq-timestamp", Timestamp.of(record.timestamp()));
        addIfAbsent(headers, "rw-dlq-group", consumerGroup);
        addIfAbsent(headers, "rw-dlq-id", idOf(record));
        set(headers, "rw-dlq-reason", letter.reason().label());
        set(headers, "rw-dlq-error", error);
        set(headers, "rw-dlq-attempts", Integer.toString(letter.attempts()));
        set(headers, "rw-dlq-at", Timestamp.of(System.currentTimeMillis()));
        set(headers, "rw-dlq-service", SERVICE);
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

    private static void addIfAbsent(Headers headers, String name, String value) {
        if (headers.lastHeader(name) == null) {
            set(headers, name, value);
        }
    }

    private static void set(Headers headers, String name, String value) {
        headers.remove(name).add(name, cut(value).getBytes(StandardCharsets.UTF_8));
    }

    /** At most that many bytes of UTF-8, without half a character at the end. */
    private static String cut(String text) {
        int end = 0;
        int bytes = 0;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            bytes += character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
            if (bytes > MAX_TEXT_BYTES) {
                break;
            }
            end += Character.charCount(character);
        }
        return text.substring(0, end);
    }
}
