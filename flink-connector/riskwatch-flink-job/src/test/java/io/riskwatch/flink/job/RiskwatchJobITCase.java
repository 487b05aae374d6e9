package io.riskwatch.flink.job;

import static io.riskwatch.flink.testing.Detections.TRACEPARENT;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.JobID;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectClusterClient;
import org.apache.flink.test.junit5.MiniClusterExtension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.riskwatch.flink.task.TaskId;
import io.riskwatch.flink.testing.Contract;
import io.riskwatch.flink.testing.Detections;
import io.riskwatch.flink.testing.StubScheduler;
import io.riskwatch.flink.testing.StubScheduler.Answer;
import io.riskwatch.flink.testing.StubScheduler.Call;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** The job as it is deployed, on a real Flink cluster and a real Kafka broker; only the scheduler is a stub. */
@Timeout(90)
class RiskwatchJobITCase {

    private static final String GROUP = "riskwatch-flink";

    @RegisterExtension static final TestBroker BROKER = new TestBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    @TempDir private Path checkpoints;

    private final List<JobClient> jobs = new ArrayList<>();
    private String detections;
    private String tasks;

    @BeforeEach
    void createTopics(TestInfo test) throws Exception {
        String name = test.getTestMethod().orElseThrow().getName();
        detections = "detections-" + name;
        tasks = "tasks-" + name;
        BROKER.createTopics(2, detections, tasks);
        BROKER.createTopics(1, detections + ".dlq");
    }

    @AfterEach
    void cancelJobs() throws Exception {
        for (JobClient job : jobs) {
            cancel(job);
        }
    }

    @Test
    void callsTheSchedulerOnceForEachDetection() throws Exception {
        ObjectNode refused = Detections.json();
        List<ObjectNode> sent = new ArrayList<>();
        List<String> assessed = new CopyOnWriteArrayList<>();
        try (var scheduler =
                new StubScheduler(
                        (call, number) -> {
                            if (call.taskId().equals(taskId(refused))) {
                                return new Answer(400, "{\"message\":\"no task id\"}", Map.of());
                            }
                            // Every third request fails, so that some tasks need several.
                            if (number % 3 == 0) {
                                return Answer.status(503);
                            }
                            assessed.add(call.taskId());
                            return Answer.assessed(call);
                        })) {
            start(http(scheduler));
            send(bytes(refused));
            byte[][] poison = {"{".getBytes(StandardCharsets.UTF_8), null, {(byte) 0xC3}, new byte[1_100_000]};
            for (byte[] value : poison) {
                send(value);
            }
            for (int number = 0; number < 20; number++) {
                ObjectNode detection = Detections.json();
                sent.add(detection);
                send(bytes(detection));
                send(bytes(detection));
            }

            List<ConsumerRecord<byte[], byte[]>> dead = BROKER.read(detections + ".dlq", poison.length + 1);
            await(() -> assessed.size() >= sent.size());

            assertThat(assessed).containsExactlyInAnyOrderElementsOf(sent.stream().map(this::taskId).toList());
            assertThat(scheduler.calls())
                    .allSatisfy(
                            call ->
                                    assertThat(call.header("traceparent"))
                                            .startsWith(TRACEPARENT.substring(0, 36))
                                            .isNotEqualTo(TRACEPARENT));
            assertThat(dead)
                    .extracting(letter -> header(letter, "rw-dlq-reason"))
                    .containsExactlyInAnyOrder("invalid-json", "invalid-json", "invalid-json", "too-large", "rejected");
            assertThat(dead)
                    .extracting(ConsumerRecord::value)
                    .containsExactlyInAnyOrder(poison[0], poison[1], poison[2], poison[3], bytes(refused));
            assertThat(dead)
                    .allSatisfy(
                            letter -> {
                                assertThat(letter.key()).asString(StandardCharsets.UTF_8).isEqualTo("camera-1");
                                assertThat(header(letter, "traceparent")).isEqualTo(TRACEPARENT);
                                assertThat(header(letter, "rw-dlq-id")).startsWith(detections + "/");
                            });
        }
    }

    @Test
    void writesTasksToTheirTopicWhenToldTo() throws Exception {
        ObjectNode small = Detections.json();
        ObjectNode large = Detections.json();
        ((ObjectNode) large.get("image")).put("base64", "A".repeat(1_000_000));
        Configuration configuration = common();
        configuration.setString("riskwatch.dispatch.mode", "topic");
        configuration.setString("riskwatch.dispatch.topic", tasks);

        start(configuration);
        send(bytes(small));
        send(bytes(large));
        send(bytes(small));

        assertThat(BROKER.read(tasks, 2))
                .hasSize(2)
                .allSatisfy(
                        record -> {
                            var task = Contract.parse(record.value());
                            assertThat(record.key())
                                    .asString(StandardCharsets.UTF_8)
                                    .isEqualTo(task.get("taskId").textValue());
                            assertThat(header(record, "content-type")).isEqualTo("application/json");
                            assertThat(header(record, "traceparent")).startsWith(TRACEPARENT.substring(0, 36));
                        })
                .extracting(record -> Contract.parse(record.value()).get("taskId").textValue())
                .containsExactlyInAnyOrder(taskId(small), taskId(large));
    }

    @Test
    void sendsOnlyWhatWasInFlightAgainAfterARestore(@InjectClusterClient RestClusterClient<?> cluster)
            throws Exception {
        List<ObjectNode> done = List.of(Detections.json(), Detections.json(), Detections.json());
        List<ObjectNode> open = List.of(Detections.json(), Detections.json());
        List<String> openIds = open.stream().map(this::taskId).toList();
        CountDownLatch never = new CountDownLatch(1);
        Path checkpoint;
        try (var hanging =
                new StubScheduler(
                        (call, number) -> {
                            if (openIds.contains(call.taskId())) {
                                never.await();
                            }
                            return Answer.assessed(call);
                        })) {
            JobClient job = start(http(hanging));
            for (ObjectNode detection : done) {
                send(bytes(detection));
            }
            for (ObjectNode detection : open) {
                send(bytes(detection));
            }
            await(() -> hanging.calls().size() == done.size() + open.size());
            checkpoint = checkpoint(cluster, job.getJobID());
            cancel(job);
        }

        ObjectNode further = Detections.json();
        send(bytes(done.get(0)));
        send(bytes(further));
        try (var scheduler = new StubScheduler((call, number) -> Answer.assessed(call))) {
            Configuration configuration = http(scheduler);
            configuration.setString("execution.state-recovery.path", checkpoint.toUri().toString());
            JobClient job = start(configuration);
            await(() -> scheduler.calls().stream().map(Call::taskId).anyMatch(taskId(further)::equals));
            // One more checkpoint: everything that was read before it has reached the scheduler.
            checkpoint(cluster, job.getJobID());

            assertThat(scheduler.calls())
                    .extracting(Call::taskId)
                    .containsExactlyInAnyOrder(openIds.get(0), openIds.get(1), taskId(further));
        }
    }

    @Test
    void readsAgainWhatTheTopicKeepsWhenItStartsWithoutACheckpoint(
            @InjectClusterClient RestClusterClient<?> cluster) throws Exception {
        ObjectNode detection = Detections.json();
        send(bytes(detection));
        for (int run = 1; run <= 2; run++) {
            try (var scheduler = new StubScheduler((call, number) -> Answer.assessed(call))) {
                JobClient job = start(http(scheduler));
                await(() -> scheduler.calls().size() == 1);
                assertThat(scheduler.calls().get(0).taskId()).isEqualTo(taskId(detection));
                checkpoint(cluster, job.getJobID());
                // The group's progress is shown, but nobody goes by it.
                await(() -> BROKER.committed(GROUP + "-" + detections) == 1);
                cancel(job);
            }
        }
    }

    private JobClient start(Configuration configuration) throws Exception {
        StreamExecutionEnvironment environment = JobEnvironment.create(configuration);
        new AssessmentPipeline(configuration).addTo(environment);
        JobClient job = environment.executeAsync();
        jobs.add(job);
        return job;
    }

    private Configuration http(StubScheduler scheduler) {
        Configuration configuration = common();
        configuration.setString("riskwatch.dispatch.mode", "http");
        configuration.setString("riskwatch.dispatch.endpoint", scheduler.endpoint().toString());
        configuration.setString("riskwatch.dispatch.initial-backoff", "10 ms");
        return configuration;
    }

    private Configuration common() {
        Configuration configuration = new Configuration();
        configuration.setString("riskwatch.kafka.bootstrap-servers", BROKER.address());
        configuration.setString("riskwatch.kafka.consumer-group", GROUP + "-" + detections);
        configuration.setString("riskwatch.detections.topic", detections);
        configuration.setString("riskwatch.task.policy-version", Detections.TERMS.policyVersion());
        configuration.setString("execution.checkpointing.dir", checkpoints.toUri().toString());
        // Only the checkpoints that a test asks for.
        configuration.setString("execution.checkpointing.interval", "1 h");
        configuration.setString("parallelism.default", "2");
        return configuration;
    }

    private Path checkpoint(RestClusterClient<?> cluster, JobID job) throws Exception {
        long number = cluster.triggerCheckpoint(job, CheckpointType.FULL).get();
        return checkpoints.resolve(job.toHexString()).resolve("chk-" + number);
    }

    private static void cancel(JobClient job) throws Exception {
        if (!job.getJobStatus().get().isGloballyTerminalState()) {
            job.cancel().get();
        }
        await(() -> job.getJobStatus().get().isGloballyTerminalState());
    }

    private void send(byte[] value) throws Exception {
        var record =
                new ProducerRecord<>(detections, "camera-1".getBytes(StandardCharsets.UTF_8), value);
        record.headers().add("traceparent", TRACEPARENT.getBytes(StandardCharsets.UTF_8));
        BROKER.send(record);
    }

    private String taskId(ObjectNode detection) {
        return TaskId.of(detection.get("detectionId").textValue(), Detections.TERMS.policyVersion(), 0);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
