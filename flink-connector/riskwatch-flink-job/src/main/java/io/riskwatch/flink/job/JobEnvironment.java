package io.riskwatch.flink.job;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import java.time.Duration;

/** Flink set up for this job: what the cluster's configuration and the user leave open has the values that it needs. */
final class JobEnvironment {

    /**
     * Key groups of the keyed state, and so the highest parallelism. Part of every checkpoint; it must never change.
     */
    static final int MAX_PARALLELISM = 128;

    /** An embedded job keeps its id, so that its checkpoints stay in one folder and their numbers go on. */
    private static final String EMBEDDED_JOB_ID = "00000000000000000000000000000001";

    private JobEnvironment() {}

    static StreamExecutionEnvironment create(Configuration configuration) {
        StreamExecutionEnvironment environment;
        if (configuration.get(JobOptions.EMBEDDED)) {
            environment = StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(embedded(configuration));
        } else {
            environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        }
        environment.configure(missing(defaults(), environment.getConfiguration()));
        environment.setMaxParallelism(MAX_PARALLELISM);
        return environment;
    }

    private static Configuration embedded(Configuration configuration) {
        Configuration embedded = new Configuration();
        embedded.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, EMBEDDED_JOB_ID);
        // Nobody outside of this machine has any business here.
        embedded.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        embedded.set(RestOptions.ADDRESS, "127.0.0.1");
        embedded.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
        embedded.set(TaskManagerOptions.BIND_HOST, "127.0.0.1");
        embedded.addAll(configuration);
        return embedded;
    }

    private static Configuration defaults() {
        Configuration defaults = new Configuration();
        defaults.set(PipelineOptions.NAME, "riskwatch");
        // Anything that would fall back to Kryo fails at start instead of slowing down every record.
        defaults.set(PipelineOptions.GENERIC_TYPES, false);
        // Pictures are handed on, not copied: no function here changes or keeps what it is given.
        defaults.set(PipelineOptions.OBJECT_REUSE, true);
        // The default of 100 ms is most of the latency there is.
        defaults.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(5));

        defaults.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        defaults.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(5));
        defaults.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, Duration.ofSeconds(1));
        // What was seen and what is in flight must be of one moment: at-least-once mode could remember a task as seen
        // that is neither in flight nor read again.
        defaults.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        defaults.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        defaults.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 3);
        // While the scheduler is away nothing can be checkpointed; that is no reason to restart.
        defaults.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 100);
        defaults.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMinutes(10));

        defaults.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        defaults.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofSeconds(1));
        defaults.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(30));
        defaults.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                Duration.ofMinutes(5));
        return defaults;
    }

    private static Configuration missing(Configuration defaults, ReadableConfig present) {
        var set = Configuration.fromMap(present.toMap());
        Configuration missing = new Configuration();
        defaults.toMap()
                .forEach(
                        (key, value) -> {
                            if (!set.containsKey(key)) {
                                missing.setString(key, value);
                            }
                        });
        return missing;
    }
}
