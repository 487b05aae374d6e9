package io.riskwatch.flink.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.riskwatch.flink.testing.Contract;
import io.riskwatch.flink.testing.Detections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

class DetectionReaderTest {

    private final DetectionReader reader = new DetectionReader();

    static Stream<JsonNode> goldenMessages() {
        return Contract.goldenMessages("detection");
    }

    @ParameterizedTest
    @MethodSource("goldenMessages")
    void judgesGoldenMessagesAsTheContractDoes(JsonNode golden) throws Exception {
        byte[] value = Contract.golden(golden.get("file").textValue());

        if (golden.get("valid").booleanValue()) {
            assertThat(reader.read(value).json()).isEqualTo(Contract.parse(value));
            return;
        }
        InvalidDetectionException error = invalid(value);
        assertThat(error.reason().label()).isEqualTo(golden.get("code").textValue());
        if (golden.hasNonNull("path")) {
            assertThat(error).hasMessageContaining(golden.get("path").textValue() + ": ");
        }
    }

    @Test
    void readsWhatTheTaskIsMadeOf() throws Exception {
        Detection detection = reader.read(Contract.golden("detection.inline.json"));

        assertThat(detection.detectionId()).isEqualTo("01968b2e-5c1a-7c3d-8e4f-5a6b7c8d9e0f");
        assertThat(detection.cameraId()).isEqualTo("loading-bay-3");
        assertThat(detection.capturedAt()).isEqualTo(1_777_624_200_250L);
    }

    @Test
    void refusesARecordWithoutValue() {
        assertThat(invalid(null).reason()).isEqualTo(DeadLetterReason.INVALID_JSON);
        assertThat(invalid(new byte[0]).reason()).isEqualTo(DeadLetterReason.INVALID_JSON);
    }

    @Test
    void refusesBytesThatAreNoUtf8() {
        byte[] broken = Detections.json().put("cameraId", "@").toString().getBytes(StandardCharsets.UTF_8);
        broken[new String(broken, StandardCharsets.UTF_8).indexOf('@')] = (byte) 0xC3;
        byte[] utf16 = Detections.json().toString().getBytes(StandardCharsets.UTF_16);

        assertThat(invalid(broken).reason()).isEqualTo(DeadLetterReason.INVALID_JSON);
        assertThat(invalid(utf16).reason()).isEqualTo(DeadLetterReason.INVALID_JSON);
    }

    @Test
    void refusesMoreThanOneValue() {
        byte[] twice = (Detections.json() + "{}").getBytes(StandardCharsets.UTF_8);

        assertThat(invalid(twice).reason()).isEqualTo(DeadLetterReason.INVALID_JSON);
    }

    @Test
    void acceptsOneMebibyteAndNotAByteMore() throws Exception {
        byte[] small = Detections.json().toString().getBytes(StandardCharsets.UTF_8);
        byte[] largest = Arrays.copyOf(small, DetectionReader.MAX_BYTES);
        Arrays.fill(largest, small.length, largest.length, (byte) ' ');
        byte[] larger = Arrays.copyOf(largest, largest.length + 1);
        larger[largest.length] = ' ';

        assertThat(reader.read(largest).cameraId()).isEqualTo("loading-bay-3");
        assertThat(invalid(larger))
                .hasMessage("Detection: 1048577 bytes, at most 1048576 are allowed")
                .extracting(InvalidDetectionException::reason)
                .isEqualTo(DeadLetterReason.TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAA", "AAAA=", "A===", "AA=A", "AAA*", "AAAA\n", "AAAA AAA"})
    void refusesAPictureThatIsNoPaddedBase64(String base64) {
        ObjectNode detection = Detections.json();
        ((ObjectNode) detection.get("image")).put("base64", base64);

        assertThat(invalid(bytes(detection)))
                .hasMessageContaining("image: ")
                .extracting(InvalidDetectionException::reason)
                .isEqualTo(DeadLetterReason.SCHEMA);
    }

    @Test
    void acceptsALargePictureInBase64() throws Exception {
        ObjectNode detection = Detections.json();
        ((ObjectNode) detection.get("image")).put("base64", "AAAA".repeat(200_000) + "AAA=");

        assertThat(reader.read(bytes(detection)).cameraId()).isEqualTo("loading-bay-3");
    }

    @Test
    void refusesATimestampWithALineFeedBehindIt() {
        ObjectNode detection = Detections.json().put("timestamp", "2026-05-01T08:30:00.250Z\n");

        assertThat(invalid(bytes(detection)).reason()).isEqualTo(DeadLetterReason.SCHEMA);
    }

    @Test
    void neverRepeatsTheValueInItsMessage() {
        ObjectNode detection = Detections.json().put("timestamp", "hunter2-time");
        detection.put("detectionId", "hunter2-id").putObject("frame").put("hunter2", "hunter2");

        assertThat(invalid(bytes(detection)).getMessage()).doesNotContain("hunter2");
        assertThat(invalid("hunter2".getBytes(StandardCharsets.UTF_8)).getMessage()).doesNotContain("hunter2");
    }

    @Test
    void readsAgainWhatItAcceptedAndNothingElse() {
        byte[] value = bytes(Detections.json());

        assertThat(DetectionReader.readTrusted(value).json()).isEqualTo(Contract.parse(value));
        assertThatThrownBy(() -> DetectionReader.readTrusted(new byte[] {'x'}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private InvalidDetectionException invalid(byte[] value) {
        return catchThrowableOfType(InvalidDetectionException.class, () -> reader.read(value));
    }

    private static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
