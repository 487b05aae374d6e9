package io.riskwatch.flink.task;

import org.apache.flink.annotation.PublicEvolving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.riskwatch.flink.source.DetectionReader;
import io.riskwatch.flink.source.Timestamp;

/**
 * Writes an AssessmentTask message.
 *
 * <p>A valid Detection is at most 1 MiB; the task repeats its picture and boxes, leaves the rest out and adds less than
 * 2 KiB. So it always fits into the 1.25 MiB that the tasks topic and the scheduler's HTTP endpoint take, and a detection
 * that has a task id never ends as a record too large to send.
 */
@PublicEvolving
public final class AssessmentTaskJson {

    /** The largest AssessmentTask, in bytes. */
    public static final int MAX_BYTES = 1_310_720;

    private static final JsonMapper MAPPER = new JsonMapper();

    private AssessmentTaskJson() {}

    /**
     * The message as UTF-8.
     *
     * @param dispatchedAt when the task is handed over, in milliseconds since 1970
     */
    public static byte[] write(AssessmentTask task, long dispatchedAt) {
        JsonNode detection = DetectionReader.readTrusted(task.record().value()).json();
        JsonNode group = detection.get("group");

        ObjectNode json = MAPPER.createObjectNode();
        json.put("schemaVersion", DetectionReader.SCHEMA_VERSION);
        json.put("taskId", task.taskId());
        json.put("detectionId", task.detectionId());
        json.put("policyVersion", task.policyVersion());
        json.put("revision", task.revision());
        json.put("cameraId", task.cameraId());
        json.put("capturedAt", Timestamp.of(task.capturedAt()));
        json.set("image", detection.get("image"));
        ObjectNode context = json.putObject("context");
        context.set("peopleCount", group.get("peopleCount"));
        ArrayNode boxes = context.putArray("boxes");
        group.get("people").forEach(person -> boxes.add(person.get("box")));
        context.set("detector", detection.get("detector"));
        json.put("priority", task.priority());
        json.put("deadline", Timestamp.of(task.deadline()));
        if (task.record().timestamp() >= 0) {
            json.put("detectedAt", Timestamp.of(task.record().timestamp()));
        }
        json.put("dispatchedAt", Timestamp.of(dispatchedAt));
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of plain values can always be written", e);
        }
    }
}
