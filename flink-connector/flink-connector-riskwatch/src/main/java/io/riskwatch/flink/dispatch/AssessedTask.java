package io.riskwatch.flink.dispatch;

import io.riskwatch.flink.task.AssessmentTask;

/**
 * A task and its end at the scheduler.
 *
 * @param task what was sent
 * @param kind how it ended
 * @param status the HTTP status of the last answer
 * @param attempts requests made, 1 or more
 * @param answer the last answer's body: for {@link AssessmentOutcome.Kind#ASSESSED} the RiskAssessment message
 */
public record AssessedTask(
        AssessmentTask task, AssessmentOutcome.Kind kind, int status, int attempts, byte[] answer) {}
