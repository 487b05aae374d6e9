package io.riskwatch.flink;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

import java.time.Duration;
import java.util.Map;

/** The options of the riskwatch job. They share a configuration with Flink's own, which they stand apart from by prefix. */
@PublicEvolving
public final class RiskwatchOptions {

    /** How tasks reach the scheduler. */
    public enum Dispatch {
        /** One HTTP request per task, answered when the task has its final result. */
        HTTP,
        /** A record on the tasks topic; the scheduler reads it when it can. */
        TOPIC
    }

    public static final ConfigOption<String> BOOTSTRAP_SERVERS =
            ConfigOptions.key("riskwatch.kafka.bootstrap-servers")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("The Kafka brokers, as host:port,host:port.");

    public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES =
            ConfigOptions.key("riskwatch.kafka.properties")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription(
                            "Further properties of every Kafka client, one key each: "
                                    + "riskwatch.kafka.properties.security.protocol and so on.");

    public static final ConfigOption<String> CONSUMER_GROUP =
            ConfigOptions.key("riskwatch.kafka.consumer-group")
                    .stringType()
                    .defaultValue("riskwatch-flink")
                    .withDescription("Where the job's progress is committed with each checkpoint, for display.");

    public static final ConfigOption<String> DETECTIONS_TOPIC =
            ConfigOptions.key("riskwatch.detections.topic")
                    .stringType()
                    .defaultValue("detection-results-topic")
                    .withDescription("The topic that detections are read from.");

    public static final ConfigOption<Duration> DETECTIONS_RETENTION =
            ConfigOptions.key("riskwatch.detections.retention")
                    .durationType()
                    .defaultValue(Duration.ofHours(2))
                    .withDescription(
                            "How far back a start without a checkpoint reads; what the topic keeps. Tasks that were "
                                    + "made before are recognised by their ids.");

    public static final ConfigOption<String> DEAD_LETTERS_TOPIC =
            ConfigOptions.key("riskwatch.dead-letters.topic")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "The topic for records that hold no valid detection. Default: the detections topic's name "
                                    + "with .dlq behind it.");

    public static final ConfigOption<String> POLICY_VERSION =
            ConfigOptions.key("riskwatch.task.policy-version")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("The version of the policy to judge by; part of every task id.");

    public static final ConfigOption<Integer> REVISION =
            ConfigOptions.key("riskwatch.task.revision")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Which judgement of each detection this job asks for, from 0; part of every task id.");

    public static final ConfigOption<Integer> PRIORITY =
            ConfigOptions.key("riskwatch.task.priority")
                    .intType()
                    .defaultValue(0)
                    .withDescription("The tasks' priority at the scheduler; higher goes first.");

    public static final ConfigOption<Duration> DEADLINE =
            ConfigOptions.key("riskwatch.task.deadline")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(30))
                    .withDescription(
                            "How long after its capture a detection is worth a model call. Later ones end as failed "
                                    + "with deadline_exceeded, so this is a limit and not the 2 s goal.");

    public static final ConfigOption<Duration> DEDUPE_TTL =
            ConfigOptions.key("riskwatch.dedupe.ttl")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "How long a task id is remembered, so that a repeated detection is dropped here. 0 turns it "
                                    + "off; repeats are then the scheduler's to recognise.");

    public static final ConfigOption<Dispatch> DISPATCH =
            ConfigOptions.key("riskwatch.dispatch.mode")
                    .enumType(Dispatch.class)
                    .defaultValue(Dispatch.HTTP)
                    .withDescription("How tasks reach the scheduler: http or topic.");

    public static final ConfigOption<String> ENDPOINT =
            ConfigOptions.key("riskwatch.dispatch.endpoint")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("For http: the URL that takes tasks, such as http://scheduler:8080/v1/assessments.");

    public static final ConfigOption<Integer> CAPACITY =
            ConfigOptions.key("riskwatch.dispatch.capacity")
                    .intType()
                    .defaultValue(128)
                    .withDescription(
                            "For http: requests in flight per subtask. It should cover rate times answering time; "
                                    + "beyond it the source waits.");

    public static final ConfigOption<Duration> REQUEST_TIMEOUT =
            ConfigOptions.key("riskwatch.dispatch.request-timeout")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(45))
                    .withDescription(
                            "For http: how long one attempt may take before it is made anew. It should be longer than "
                                    + "riskwatch.task.deadline.");

    public static final ConfigOption<Duration> INITIAL_BACKOFF =
            ConfigOptions.key("riskwatch.dispatch.initial-backoff")
                    .durationType()
                    .defaultValue(Duration.ofMillis(100))
                    .withDescription("For http: the pause before the second attempt; it doubles with each further one.");

    public static final ConfigOption<Duration> MAX_BACKOFF =
            ConfigOptions.key("riskwatch.dispatch.max-backoff")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(2))
                    .withDescription("For http: the longest pause between attempts, unless Retry-After asks for more.");

    public static final ConfigOption<String> TASKS_TOPIC =
            ConfigOptions.key("riskwatch.dispatch.topic")
                    .stringType()
                    .defaultValue("assessment-tasks-topic")
                    .withDescription("For topic: where tasks are written.");

    private RiskwatchOptions() {}
}
