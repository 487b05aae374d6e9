package io.riskwatch.flink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.riskwatch.flink.testing.Contract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

class TaskIdTest {

    static Stream<JsonNode> vectors() {
        return Contract.elements(Contract.json("id-vectors.json").get("vectors"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void isTheSameHereAsEverywhere(JsonNode vector) {
        String id =
                TaskId.of(
                        vector.get("detectionId").textValue(),
                        vector.get("policyVersion").textValue(),
                        vector.get("revision").intValue());

        assertThat(id).isEqualTo(vector.get("taskId").textValue());
    }

    @Test
    void refusesANegativeRevision() {
        assertThatThrownBy(() -> TaskId.of("d", "p", -1)).hasMessageContaining("revision must be 0 or more, not -1");
    }
}
