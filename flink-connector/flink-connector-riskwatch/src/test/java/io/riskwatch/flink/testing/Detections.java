package io.riskwatch.flink.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.riskwatch.flink.source.Detection;
import io.riskwatch.flink.source.DetectionRecord;
import io.riskwatch.flink.source.RecordHeader;
import io.riskwatch.flink.task.AssessmentTask;
import io.riskwatch.flink.task.TaskTerms;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

/** Detections to test with. */
public final class Detections {

    public static final TaskTerms TERMS = new TaskTerms("2026-05", 0, 0, Duration.ofSeconds(30));
    public static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private Detections() {}

    /** A valid Detection with a new id, to be changed at will. */
    public static ObjectNode json() {
        ObjectNode json = (ObjectNode) Contract.json("golden/detection.inline.json");
        return json.put("detectionId", UUID.randomUUID().toString());
    }

    public static DetectionRecord record(ObjectNode detection) {
        return record(detection.toString().getBytes(StandardCharsets.UTF_8));
    }

    public static DetectionRecord record(byte[] value, RecordHeader... headers) {
        byte[] key = "loading-bay-3".getBytes(StandardCharsets.UTF_8);
        return new DetectionRecord(key, value, headers, "detection-results-topic", 3, 42, 1_777_624_200_391L);
    }

    public static RecordHeader header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    public static AssessmentTask task() {
        return task(json());
    }

    public static AssessmentTask task(ObjectNode detection) {
        return AssessmentTask.of(new Detection(detection), record(detection), TERMS);
    }
}
