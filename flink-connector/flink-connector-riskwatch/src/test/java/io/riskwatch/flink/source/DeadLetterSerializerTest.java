package io.riskwatch.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.riskwatch.flink.testing.Detections;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

class DeadLetterSerializerTest {

    private static final byte[] KEY = {1, (byte) 0xFF};
    private static final byte[] VALUE = {'{', (byte) 0xC3};
    private static final RecordHeader OWN = new RecordHeader("own", new byte[] {0, 9});

    private final DeadLetterSerializer serializer =
            new DeadLetterSerializer("detection-results-topic.dlq", "riskwatch-flink");

    @Test
    void leavesKeyValueAndHeadersUntouched() {
        ProducerRecord<byte[], byte[]> out = serialize(KEY, VALUE, OWN, OWN);

        assertThat(out.topic()).isEqualTo("detection-results-topic.dlq");
        assertThat(out.key()).isEqualTo(KEY);
        assertThat(out.value()).isEqualTo(VALUE);
        List<byte[]> own = new ArrayList<>();
        out.headers().headers("own").forEach(header -> own.add(header.value()));
        assertThat(own).containsExactly(OWN.value(), OWN.value());
    }

    @Test
    void keepsNullKeysAndValues() {
        ProducerRecord<byte[], byte[]> out = serialize(null, null, new RecordHeader("empty", null));

        assertThat(out.key()).isNull();
        assertThat(out.value()).isNull();
        assertThat(out.headers().lastHeader("empty").value()).isNull();
    }

    @Test
    void saysInTextWhereItCameFromAndWhatWasWrong() {
        ProducerRecord<byte[], byte[]> out = serialize(KEY, VALUE);

        assertThat(text(out, "rw-dlq-topic")).isEqualTo("detection-results-topic");
        assertThat(text(out, "rw-dlq-partition")).isEqualTo("3");
        assertThat(text(out, "rw-dlq-offset")).isEqualTo("42");
        assertThat(text(out, "rw-dlq-timestamp")).isEqualTo("2026-05-01T08:30:00.391Z");
        assertThat(text(out, "rw-dlq-group")).isEqualTo("riskwatch-flink");
        assertThat(text(out, "rw-dlq-reason")).isEqualTo("invalid-json");
        assertThat(text(out, "rw-dlq-error")).isEqualTo("Detection: the value is not JSON in UTF-8");
        assertThat(text(out, "rw-dlq-attempts")).isEqualTo("1");
        assertThat(Instant.parse(text(out, "rw-dlq-at"))).isBeforeOrEqualTo(Instant.now());
        assertThat(text(out, "rw-dlq-service")).isEqualTo("riskwatch-flink");
        assertThat(text(out, "rw-dlq-id")).isEqualTo("detection-results-topic/3/42/riskwatch-flink");
    }

    @Test
    void keepsWhatAnEarlierHopNotedAboutTheFirstPlace() {
        ProducerRecord<byte[], byte[]> out =
                serialize(
                        KEY,
                        VALUE,
                        Detections.header("rw-dlq-topic", "first"),
                        Detections.header("rw-dlq-id", "first/0/1/g"),
                        Detections.header("rw-dlq-reason", "schema"));

        assertThat(text(out, "rw-dlq-topic")).isEqualTo("first");
        assertThat(text(out, "rw-dlq-id")).isEqualTo("first/0/1/g");
        assertThat(out.headers().headers("rw-dlq-reason")).hasSize(1);
        assertThat(text(out, "rw-dlq-reason")).isEqualTo("invalid-json");
    }

    @Test
    void cutsALongErrorBetweenCharacters() {
        DeadLetter letter =
                new DeadLetter(
                        new DetectionRecord(KEY, VALUE, new RecordHeader[0], "t", 0, 0, 0),
                        DeadLetterReason.REJECTED,
                        "仓".repeat(1000),
                        1);

        assertThat(text(serializer.serialize(letter, null, null), "rw-dlq-error")).isEqualTo("仓".repeat(333));
    }

    @Test
    void leavesOutAValueThatNoDeadLetterCanHold() {
        ProducerRecord<byte[], byte[]> out = serialize(KEY, new byte[DeadLetterSerializer.MAX_RECORD_BYTES], OWN);

        assertThat(out.value()).isNull();
        assertThat(out.key()).isEqualTo(KEY);
        assertThat(text(out, "rw-dlq-error")).contains("left out here");
        assertThat(text(out, "rw-dlq-offset")).isEqualTo("42");
        assertThat(serialize(new byte[DeadLetterSerializer.MAX_RECORD_BYTES], VALUE).key()).isNull();
    }

    private ProducerRecord<byte[], byte[]> serialize(byte[] key, byte[] value, RecordHeader... headers) {
        DetectionRecord record =
                new DetectionRecord(key, value, headers, "detection-results-topic", 3, 42, 1_777_624_200_391L);
        DeadLetter letter =
                new DeadLetter(
                        record, DeadLetterReason.INVALID_JSON, "Detection: the value is not JSON in UTF-8", 1);
        return serializer.serialize(letter, null, null);
    }

    private static String text(ProducerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
