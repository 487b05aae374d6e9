package io.riskwatch.flink.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.riskwatch.flink.source.DetectionReader;
import io.riskwatch.flink.source.DetectionRecord;
import io.riskwatch.flink.testing.Contract;
import io.riskwatch.flink.testing.Detections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

class AssessmentTaskJsonTest {

    private static final Schema TASK_SCHEMA =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Contract.json("assessment-task.schema.json"));
    private static final long DISPATCHED_AT = Instant.parse("2026-05-01T08:30:00.402Z").toEpochMilli();

    static Stream<JsonNode> validDetections() {
        return Contract.goldenMessages("detection").filter(golden -> golden.get("valid").booleanValue());
    }

    @ParameterizedTest
    @MethodSource("validDetections")
    void makesAValidTaskOfEveryValidDetection(JsonNode golden) throws Exception {
        byte[] task = write(Contract.golden(golden.get("file").textValue()));

        assertThat(TASK_SCHEMA.validate(Contract.parse(task))).isEmpty();
    }

    @Test
    void makesTheGoldenTaskOfTheGoldenDetection() throws Exception {
        ObjectNode expected = (ObjectNode) Contract.json("golden/assessment-task.reference.json");
        byte[] detection = Contract.golden("detection.reference.json");
        TaskTerms terms = new TaskTerms("2026-05", 0, 5, Duration.ofSeconds(30));
        AssessmentTask task =
                AssessmentTask.of(new DetectionReader().read(detection), Detections.record(detection), terms);

        assertThat(Contract.parse(AssessmentTaskJson.write(task, DISPATCHED_AT))).isEqualTo(expected);
    }

    @Test
    void keepsUnknownFieldsOfThePictureAndTheDetector() throws Exception {
        ObjectNode detection = Detections.json();
        ((ObjectNode) detection.get("image")).put("crop", "tight");
        ((ObjectNode) detection.get("detector")).put("threads", 1);

        JsonNode task = Contract.parse(write(bytes(detection)));

        assertThat(task.at("/image/crop").textValue()).isEqualTo("tight");
        assertThat(task.at("/context/detector/threads").intValue()).isOne();
    }

    @Test
    void leavesOutWhenTheRecordWasStoredIfItHasNoTimestamp() throws Exception {
        byte[] value = bytes(Detections.json());
        DetectionRecord noTimestamp = new DetectionRecord(null, value, Detections.record(value).headers(), "t", 0, 0, -1);
        AssessmentTask task =
                AssessmentTask.of(new DetectionReader().read(value), noTimestamp, Detections.TERMS);

        assertThat(Contract.parse(AssessmentTaskJson.write(task, DISPATCHED_AT)).has("detectedAt")).isFalse();
    }

    @Test
    void staysWithinWhatATimestampCanNameAtTheEndOfTime() throws Exception {
        byte[] task = write(bytes(Detections.json().put("timestamp", "9999-12-31T23:59:59.000Z")));

        assertThat(TASK_SCHEMA.validate(Contract.parse(task))).isEmpty();
        assertThat(Contract.parse(task).get("deadline").textValue()).isEqualTo("9999-12-31T23:59:59.999Z");
    }

    @Test
    void fitsIntoTheTasksTopicHoweverLargeTheDetection() throws Exception {
        ObjectNode picture = Detections.json();
        int room = DetectionReader.MAX_BYTES - bytes(picture).length - 8;
        ((ObjectNode) picture.get("image")).put("base64", "A".repeat(room / 4 * 4));

        // Numbers that are written longer than they were read are the worst that can happen to a task's length.
        String start = "\"people\":[";
        String person = "{\"box\":{\"x\":1e9,\"y\":1e9,\"width\":1e9,\"height\":1e9},\"confidence\":1},";
        String json = Detections.json().toString();
        int count = (DetectionReader.MAX_BYTES - json.length()) / person.length();
        byte[] boxes = json.replace(start, start + person.repeat(count)).getBytes(StandardCharsets.UTF_8);

        assertThat(write(bytes(picture)).length).isLessThanOrEqualTo(AssessmentTaskJson.MAX_BYTES);
        assertThat(write(boxes).length).isLessThanOrEqualTo(AssessmentTaskJson.MAX_BYTES);
    }

    private static byte[] write(byte[] detection) throws Exception {
        AssessmentTask task =
                AssessmentTask.of(
                        new DetectionReader().read(detection), Detections.record(detection), Detections.TERMS);
        return AssessmentTaskJson.write(task, DISPATCHED_AT);
    }

    private static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
