package io.riskwatch.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.Configuration;

import io.riskwatch.flink.RiskwatchOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

class JobArgumentsTest {

    @TempDir private Path folder;

    @Test
    void readsYamlNestedOrFlat() throws Exception {
        Path file =
                write(
                        "job.yaml",
                        """
                        riskwatch:
                          kafka:
                            bootstrap-servers: "a:1,b:2"
                            properties:
                              security.protocol: SSL
                        riskwatch.task.deadline: 20 s
                        "parallelism.default": 3
                        """);

        Configuration configuration = JobArguments.read(new String[] {"--config", file.toString()});

        assertThat(configuration.get(RiskwatchOptions.BOOTSTRAP_SERVERS)).isEqualTo("a:1,b:2");
        assertThat(configuration.get(RiskwatchOptions.KAFKA_PROPERTIES)).containsEntry("security.protocol", "SSL");
        assertThat(configuration.get(RiskwatchOptions.DEADLINE)).isEqualTo(Duration.ofSeconds(20));
        assertThat(configuration.toMap()).containsEntry("parallelism.default", "3");
    }

    @Test
    void readsPropertiesAndPrefersTheCommandLine() throws Exception {
        Path file = write("job.properties", "riskwatch.dispatch.mode=http\nriskwatch.task.priority=4\n");

        Configuration configuration =
                JobArguments.read(
                        new String[] {"--config", file.toString(), "--riskwatch.dispatch.mode", "topic"});

        assertThat(configuration.get(RiskwatchOptions.DISPATCH)).isEqualTo(RiskwatchOptions.Dispatch.TOPIC);
        assertThat(configuration.get(RiskwatchOptions.PRIORITY)).isEqualTo(4);
    }

    @Test
    void saysWhichOptionIsMissing() {
        assertThatThrownBy(
                        () ->
                                RiskwatchJob.main(
                                        new String[] {"--riskwatch.kafka.bootstrap-servers", "127.0.0.1:1"}))
                .hasMessageContaining("riskwatch.task.policy-version is not set");
    }

    private Path write(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text);
    }
}
