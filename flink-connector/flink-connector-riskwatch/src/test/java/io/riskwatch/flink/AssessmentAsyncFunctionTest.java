package io.riskwatch.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

import io.riskwatch.flink.dispatch.AssessedTask;
import io.riskwatch.flink.dispatch.AssessmentClientOptions;
import io.riskwatch.flink.dispatch.AssessmentOutcome.Kind;
import io.riskwatch.flink.task.AssessmentTask;
import io.riskwatch.flink.testing.Detections;
import io.riskwatch.flink.testing.StubScheduler;
import io.riskwatch.flink.testing.StubScheduler.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

@Timeout(20)
class AssessmentAsyncFunctionTest {

    @Test
    void emitsEachTaskWithItsEnd() throws Exception {
        AssessmentTask good = Detections.task();
        AssessmentTask bad = Detections.task();
        try (var scheduler =
                        new StubScheduler(
                                (call, number) ->
                                        call.taskId().equals(bad.taskId())
                                                ? Answer.status(400)
                                                : Answer.assessed(call));
                var harness = harness(scheduler, 0)) {
            harness.open();
            harness.processElement(good, 0);
            harness.processElement(bad, 0);
            harness.endInput();

            assertThat(harness.extractOutputValues())
                    .extracting(end -> end.task().taskId(), AssessedTask::kind)
                    .containsExactlyInAnyOrder(
                            tuple(good.taskId(), Kind.ASSESSED),
                            tuple(bad.taskId(), Kind.REJECTED));
            assertThat(scheduler.calls().get(0).task().get("detectionId").textValue())
                    .isIn(good.detectionId(), bad.detectionId());
        }
    }

    @Test
    void keepsTryingAfterTheOperatorsTimeout() throws Exception {
        CountDownLatch back = new CountDownLatch(1);
        try (var scheduler =
                        new StubScheduler(
                                (call, number) -> back.getCount() > 0 ? Answer.status(503) : Answer.assessed(call));
                var harness = harness(scheduler, 1000)) {
            harness.open();
            harness.processElement(Detections.task(), 0);
            while (scheduler.calls().size() < 3) {
                Thread.onSpinWait();
            }
            harness.setProcessingTime(1001);
            assertThat(harness.extractOutputValues()).isEmpty();

            back.countDown();
            harness.endInput();

            assertThat(harness.extractOutputValues())
                    .singleElement()
                    .satisfies(
                            end -> {
                                assertThat(end.kind()).isEqualTo(Kind.ASSESSED);
                                assertThat(end.attempts()).isGreaterThan(3);
                            });
        }
    }

    @Test
    void sendsWhatWasInFlightAgainAfterARestore() throws Exception {
        AssessmentTask task = Detections.task();
        OperatorSubtaskState snapshot;
        CountDownLatch never = new CountDownLatch(1);
        try (var hanging =
                        new StubScheduler(
                                (call, number) -> {
                                    never.await();
                                    return Answer.assessed(call);
                                });
                var harness = harness(hanging, 0)) {
            harness.open();
            harness.processElement(task, 0);
            snapshot = harness.snapshot(1, 0);
        }
        try (var scheduler = new StubScheduler((call, number) -> Answer.assessed(call));
                var harness = harness(scheduler, 0)) {
            harness.initializeState(snapshot);
            harness.open();
            harness.endInput();

            assertThat(scheduler.calls()).extracting(StubScheduler.Call::taskId).containsExactly(task.taskId());
            assertThat(harness.extractOutputValues())
                    .singleElement()
                    .satisfies(end -> assertThat(end.task().record().value()).isEqualTo(task.record().value()));
        }
    }

    private static OneInputStreamOperatorTestHarness<AssessmentTask, AssessedTask> harness(
            StubScheduler scheduler, long timeoutMs) throws Exception {
        AssessmentClientOptions options =
                AssessmentClientOptions.builder(scheduler.endpoint())
                        .setInitialBackoff(Duration.ofMillis(5))
                        .setMaxBackoff(Duration.ofMillis(20))
                        .build();
        return new OneInputStreamOperatorTestHarness<>(
                new AsyncWaitOperatorFactory<>(
                        new AssessmentAsyncFunction(options), timeoutMs, 4, OutputMode.UNORDERED),
                TypeInformation.of(AssessmentTask.class).createSerializer(new SerializerConfigImpl()));
    }
}
