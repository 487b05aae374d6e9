package io.riskwatch.flink.job;

import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

import io.riskwatch.flink.dispatch.AssessedTask;
import io.riskwatch.flink.dispatch.AssessmentOutcome;
import io.riskwatch.flink.source.DeadLetter;
import io.riskwatch.flink.source.DeadLetterReason;

import java.nio.charset.StandardCharsets;

/** Dead letters of what the scheduler could read no task from; the others are done. */
final class RejectedTasks implements FlatMapFunction<AssessedTask, DeadLetter> {

    private static final long serialVersionUID = 1L;
    private static final int ANSWER_SHOWN = 300;

    @Override
    public void flatMap(AssessedTask end, Collector<DeadLetter> out) {
        if (end.kind() == AssessmentOutcome.Kind.REJECTED) {
            String answer = new String(end.answer(), StandardCharsets.UTF_8);
            out.collect(
                    new DeadLetter(
                            end.task().record(),
                            DeadLetterReason.REJECTED,
                            "The scheduler answered "
                                    + end.status()
                                    + " to task "
                                    + end.task().taskId()
                                    + ": "
                                    + answer.substring(0, Math.min(answer.length(), ANSWER_SHOWN)),
                            end.attempts()));
        }
    }
}
