package io.riskwatch.flink.source;

import org.apache.flink.annotation.PublicEvolving;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A record of the detections topic, byte for byte. Nothing has been read from it yet: whether the value is a
 * Detection is for {@link DetectionReader} to say, so that a broken one can be put aside untouched.
 *
 * @param key the camera id's bytes, or null
 * @param value the bytes, or null
 * @param headers in their order, never null
 * @param topic where the record was read
 * @param partition the partition it was read from
 * @param offset its offset there
 * @param timestamp the record's timestamp in milliseconds since 1970
 */
@PublicEvolving
public record DetectionRecord(
        byte[] key,
        byte[] value,
        RecordHeader[] headers,
        String topic,
        int partition,
        long offset,
        long timestamp) {

    /**
     * The value of the last header of that name as text: with repeated names the last writer wins, as in Kafka's own
     * clients.
     */
    public Optional<String> header(String name) {
        for (int index = headers.length - 1; index >= 0; index--) {
            RecordHeader header = headers[index];
            if (header.name().equals(name) && header.value() != null) {
                return Optional.of(new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }
}
