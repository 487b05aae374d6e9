package io.riskwatch.flink.task;

import org.apache.flink.annotation.PublicEvolving;

import io.riskwatch.flink.source.Detection;
import io.riskwatch.flink.source.DetectionRecord;

/**
 * The request to judge one detection, as it travels through the job: everything that makes it what it is, and the record
 * it came from. Its JSON is written only when it is handed over ({@link AssessmentTaskJson}), so that state, checkpoints
 * and the network carry the picture once.
 *
 * @param taskId {@link TaskId#of} the next three
 * @param detectionId the detection to judge
 * @param policyVersion the policy to judge by
 * @param revision which judgement of this detection, from 0
 * @param cameraId the camera that saw it
 * @param capturedAt when the frame was due at its source, in milliseconds since 1970
 * @param deadline after this moment no model call is worth it, in milliseconds since 1970
 * @param priority higher goes first
 * @param record the record that held the detection
 */
@PublicEvolving
public record AssessmentTask(
        String taskId,
        String detectionId,
        String policyVersion,
        int revision,
        String cameraId,
        long capturedAt,
        long deadline,
        int priority,
        DetectionRecord record) {

    /** The task that {@code terms} ask for. */
    public static AssessmentTask of(Detection detection, DetectionRecord record, TaskTerms terms) {
        long capturedAt = detection.capturedAt();
        return new AssessmentTask(
                TaskId.of(detection.detectionId(), terms.policyVersion(), terms.revision()),
                detection.detectionId(),
                terms.policyVersion(),
                terms.revision(),
                detection.cameraId(),
                capturedAt,
                capturedAt + terms.deadline().toMillis(),
                terms.priority(),
                record);
    }
}
