package io.riskwatch.flink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

import io.riskwatch.flink.testing.Detections;
import org.junit.jupiter.api.Test;

import java.time.Duration;

class RepeatFilterTest {

    private static final long TTL_MS = 600_000;

    @Test
    void letsATaskPassOnceUntilItIsForgotten() throws Exception {
        AssessmentTask one = Detections.task();
        AssessmentTask other = Detections.task();
        try (var harness = harness()) {
            harness.open();
            harness.setStateTtlProcessingTime(0);
            harness.processElement(one, 0);
            harness.processElement(one, 0);
            harness.processElement(other, 0);
            harness.setStateTtlProcessingTime(TTL_MS - 1);
            harness.processElement(one, 0);
            assertThat(harness.extractOutputValues())
                    .extracting(AssessmentTask::taskId)
                    .containsExactly(one.taskId(), other.taskId());

            harness.setStateTtlProcessingTime(TTL_MS);
            harness.processElement(one, 0);
            assertThat(harness.extractOutputValues())
                    .extracting(AssessmentTask::taskId)
                    .containsExactly(one.taskId(), other.taskId(), one.taskId());
        }
    }

    @Test
    void remembersOverARestart() throws Exception {
        AssessmentTask one = Detections.task();
        OperatorSubtaskState snapshot;
        try (var harness = harness()) {
            harness.open();
            harness.processElement(one, 0);
            snapshot = harness.snapshot(1, 0);
        }
        try (var harness = harness()) {
            harness.initializeState(snapshot);
            harness.open();
            harness.processElement(one, 0);
            assertThat(harness.extractOutputValues()).isEmpty();
        }
    }

    @Test
    void refusesATimeToLiveOfNothing() {
        assertThatThrownBy(() -> new RepeatFilter(Duration.ZERO)).hasMessageContaining("timeToLive");
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, AssessmentTask, AssessmentTask> harness()
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new RepeatFilter(Duration.ofMillis(TTL_MS))),
                AssessmentTask::taskId,
                Types.STRING);
    }
}
