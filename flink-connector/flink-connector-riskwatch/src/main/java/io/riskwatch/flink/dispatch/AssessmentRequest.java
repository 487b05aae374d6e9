package io.riskwatch.flink.dispatch;

import java.util.Map;

/**
 * One assessment task, ready to be sent.
 *
 * @param taskId the id that makes sending it again harmless
 * @param body the AssessmentTask message as UTF-8 JSON
 * @param headers further HTTP headers, such as {@code traceparent}
 */
public record AssessmentRequest(String taskId, byte[] body, Map<String, String> headers) {}
