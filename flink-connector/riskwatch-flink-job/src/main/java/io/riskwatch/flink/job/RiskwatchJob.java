package io.riskwatch.flink.job;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Detections in, one assessment task each, handed to the scheduler by HTTP or topic; see {@link
 * io.riskwatch.flink.RiskwatchOptions} for what can be set.
 *
 * <pre>{@code
 * --config job.yaml --riskwatch.dispatch.mode topic
 * }</pre>
 */
public final class RiskwatchJob {

    private RiskwatchJob() {}

    public static void main(String[] args) throws Exception {
        Configuration configuration = JobArguments.read(args);
        StreamExecutionEnvironment environment = JobEnvironment.create(configuration);
        new AssessmentPipeline(configuration).addTo(environment);
        environment.execute();
    }
}
