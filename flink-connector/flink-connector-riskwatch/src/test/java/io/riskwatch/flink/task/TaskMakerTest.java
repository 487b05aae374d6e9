package io.riskwatch.flink.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

import io.riskwatch.flink.source.DeadLetter;
import io.riskwatch.flink.source.DeadLetterReason;
import io.riskwatch.flink.source.DetectionRecord;
import io.riskwatch.flink.testing.Detections;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

class TaskMakerTest {

    @Test
    void makesOneTaskOfEachDetectionAndPutsTheRestAside() throws Exception {
        TaskTerms terms = new TaskTerms("2026-05", 2, 7, Duration.ofSeconds(20));
        DetectionRecord good = Detections.record(Detections.json().put("detectionId", "01968b2e-5c1a-7c3d-8e4f-5a6b7c8d9e0f"));
        DetectionRecord poison = Detections.record("not json".getBytes(StandardCharsets.UTF_8));
        DetectionRecord empty = Detections.record((byte[]) null);

        try (var harness =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(new TaskMaker(terms)),
                        TypeInformation.of(DetectionRecord.class)
                                .createSerializer(new SerializerConfigImpl()))) {
            harness.open();
            harness.processElement(poison, 0);
            harness.processElement(good, 0);
            harness.processElement(empty, 0);

            assertThat(harness.extractOutputValues())
                    .singleElement()
                    .satisfies(
                            task -> {
                                assertThat(task.taskId())
                                        .isEqualTo(TaskId.of(task.detectionId(), "2026-05", 2));
                                assertThat(task.deadline() - task.capturedAt()).isEqualTo(20_000);
                                assertThat(task.priority()).isEqualTo(7);
                                assertThat(task.record().value()).isEqualTo(good.value());
                            });
            assertThat(harness.getSideOutput(DeadLetter.TAG))
                    .extracting(letter -> letter.getValue().reason())
                    .containsExactly(DeadLetterReason.INVALID_JSON, DeadLetterReason.INVALID_JSON);
        }
    }
}
