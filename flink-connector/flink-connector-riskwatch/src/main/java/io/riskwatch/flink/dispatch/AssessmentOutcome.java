package io.riskwatch.flink.dispatch;

/**
 * The end of one task at the scheduler.
 *
 * @param kind what the end is
 * @param status the HTTP status of the last answer
 * @param attempts requests made, 1 or more
 * @param body the last answer's body: for {@link Kind#ASSESSED} the RiskAssessment message as UTF-8 JSON
 */
public record AssessmentOutcome(Kind kind, int status, int attempts, byte[] body) {

    /** How a task ended. */
    public enum Kind {
        /** The scheduler has a final result and has published it; it may be a failed one. */
        ASSESSED,
        /** The scheduler could read no task from the request; sending it again cannot help. */
        REJECTED
    }
}
