package io.riskwatch.flink.source;

import org.apache.flink.annotation.PublicEvolving;

import com.fasterxml.jackson.databind.JsonNode;

import java.time.Instant;

/**
 * A valid Detection: one group of people in one frame of one camera.
 *
 * @param json the whole message, fields unknown to this version included
 */
@PublicEvolving
public record Detection(JsonNode json) {

    public String detectionId() {
        return json.get("detectionId").textValue();
    }

    public String cameraId() {
        return json.get("cameraId").textValue();
    }

    /** When the frame was due at its source, in milliseconds since 1970. */
    public long capturedAt() {
        return Instant.parse(json.get("timestamp").textValue()).toEpochMilli();
    }
}
