package io.riskwatch.flink.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riskwatch.flink.dispatch.AssessmentOutcome.Kind;
import io.riskwatch.flink.testing.StubScheduler;
import io.riskwatch.flink.testing.StubScheduler.Answer;
import io.riskwatch.flink.testing.StubScheduler.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

@Timeout(20)
class AssessmentClientTest {

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void sendsTheTaskAndBringsItsAssessment() {
        StubScheduler scheduler = scheduler((call, number) -> Answer.assessed(call));
        AssessmentClient client = client(scheduler.endpoint());

        AssessmentOutcome outcome =
                client.assess(new AssessmentRequest("t1", task("t1"), Map.of("traceparent", "00-a-b-01"))).join();

        assertThat(outcome.kind()).isEqualTo(Kind.ASSESSED);
        assertThat(outcome.attempts()).isOne();
        assertThat(new String(outcome.body(), StandardCharsets.UTF_8)).contains("\"requestId\":\"t1\"");
        Call call = scheduler.calls().get(0);
        assertThat(call.header("content-type")).isEqualTo("application/json");
        assertThat(call.header("traceparent")).isEqualTo("00-a-b-01");
        assertThat(call.header("upgrade")).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 401, 404, 408, 429, 500, 502, 503, 504, 529})
    void triesAgainAfterAnAnswerThatMayChange(int status) {
        StubScheduler scheduler =
                scheduler((call, number) -> number < 3 ? Answer.status(status) : Answer.assessed(call));
        AssessmentClient client = client(scheduler.endpoint());

        AssessmentOutcome outcome = client.assess(request("t1")).join();

        assertThat(outcome.kind()).isEqualTo(Kind.ASSESSED);
        assertThat(outcome.attempts()).isEqualTo(3);
        assertThat(client.retries()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413})
    void endsWhenTheSchedulerCanReadNoTask(int status) {
        StubScheduler scheduler = scheduler((call, number) -> new Answer(status, "{\"message\":\"no\"}", Map.of()));

        AssessmentOutcome outcome = client(scheduler.endpoint()).assess(request("t1")).join();

        assertThat(outcome.kind()).isEqualTo(Kind.REJECTED);
        assertThat(outcome.status()).isEqualTo(status);
        assertThat(outcome.body()).asString(StandardCharsets.UTF_8).isEqualTo("{\"message\":\"no\"}");
        assertThat(scheduler.calls()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "[]", "{}", "{\"requestId\":\"t2\"}"})
    void doesNotTakeAnotherAnswerForTheTasksOwn(String body) {
        StubScheduler scheduler =
                scheduler((call, number) -> number == 1 ? new Answer(200, body, Map.of()) : Answer.assessed(call));

        assertThat(client(scheduler.endpoint()).assess(request("t1")).join().attempts()).isEqualTo(2);
    }

    @Test
    void doesNotReadAnAnswerWithoutEnd() {
        String endless = "x".repeat(BoundedBody.MAX_BYTES + 1);
        StubScheduler scheduler =
                scheduler((call, number) -> number == 1 ? new Answer(200, endless, Map.of()) : Answer.assessed(call));

        assertThat(client(scheduler.endpoint()).assess(request("t1")).join().attempts()).isEqualTo(2);
    }

    @Test
    void waitsAsLongAsItIsAskedTo() {
        List<Long> times = new ArrayList<>();
        StubScheduler scheduler =
                scheduler(
                        (call, number) -> {
                            times.add(System.nanoTime());
                            return number == 1
                                    ? new Answer(429, "", Map.of("Retry-After", "1"))
                                    : Answer.assessed(call);
                        });

        client(scheduler.endpoint()).assess(request("t1")).join();

        assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void cutsAnAttemptThatTakesTooLongAndMakesAnother() {
        CountDownLatch never = new CountDownLatch(1);
        StubScheduler scheduler =
                scheduler(
                        (call, number) -> {
                            if (number == 1) {
                                never.await();
                            }
                            return Answer.assessed(call);
                        });
        AssessmentClientOptions options =
                AssessmentClientOptions.builder(scheduler.endpoint())
                        .setRequestTimeout(Duration.ofMillis(200))
                        .setInitialBackoff(Duration.ofMillis(5))
                        .build();

        assertThat(client(options).assess(request("t1")).join().attempts()).isGreaterThan(1);
    }

    @Test
    void waitsForASchedulerThatIsAway() throws Exception {
        StubScheduler gone = new StubScheduler((call, number) -> Answer.assessed(call));
        gone.close();
        AssessmentClient client = client(gone.endpoint());

        CompletableFuture<AssessmentOutcome> outcome = client.assess(request("t1"));
        while (client.retries() < 3) {
            Thread.onSpinWait();
        }
        assertThat(outcome).isNotDone();
        assertThat(client.inFlight()).isOne();
        assertThat(client.retrying()).isOne();
        opened.add(new StubScheduler(gone.port(), (call, number) -> Answer.assessed(call)));

        assertThat(outcome.join().kind()).isEqualTo(Kind.ASSESSED);
        assertThat(client.inFlight()).isZero();
        assertThat(client.retrying()).isZero();
    }

    @Test
    void stopsTryingWhenNobodyWaits() {
        StubScheduler scheduler = scheduler((call, number) -> Answer.status(503));
        AssessmentClient client = client(scheduler.endpoint());
        CompletableFuture<AssessmentOutcome> outcome = client.assess(request("t1"));
        while (scheduler.calls().size() < 2) {
            Thread.onSpinWait();
        }

        outcome.cancel(false);

        assertThat(client.inFlight()).isZero();
    }

    @Test
    void cancelsWhatIsInFlightWhenClosed() {
        CountDownLatch never = new CountDownLatch(1);
        StubScheduler scheduler =
                scheduler(
                        (call, number) -> {
                            never.await();
                            return Answer.assessed(call);
                        });
        AssessmentClient client = client(scheduler.endpoint());
        CompletableFuture<AssessmentOutcome> outcome = client.assess(request("t1"));

        client.close();
        client.close();

        assertThat(outcome).isCancelled();
        assertThat(client.assess(request("t2"))).isCancelled();
        assertThat(client.inFlight()).isZero();
    }

    @Test
    void namesTheOptionThatMakesNoSense() {
        URI endpoint = URI.create("http://localhost/v1/assessments");

        assertThatThrownBy(() -> AssessmentClientOptions.builder(URI.create("ftp://host/")).build())
                .hasMessageContaining("endpoint");
        assertThatThrownBy(
                        () -> AssessmentClientOptions.builder(endpoint).setRequestTimeout(Duration.ZERO).build())
                .hasMessageContaining("requestTimeout");
        assertThatThrownBy(
                        () ->
                                AssessmentClientOptions.builder(endpoint)
                                        .setInitialBackoff(Duration.ofSeconds(5))
                                        .build())
                .hasMessageContaining("maxBackoff");
    }

    private StubScheduler scheduler(StubScheduler.Behaviour behaviour) {
        StubScheduler scheduler = new StubScheduler(behaviour);
        opened.add(scheduler);
        return scheduler;
    }

    private AssessmentClient client(URI endpoint) {
        return client(AssessmentClientOptions.builder(endpoint).setInitialBackoff(Duration.ofMillis(5)).build());
    }

    private AssessmentClient client(AssessmentClientOptions options) {
        AssessmentClient client = new AssessmentClient(options);
        opened.add(0, client);
        return client;
    }

    private static AssessmentRequest request(String taskId) {
        return new AssessmentRequest(taskId, task(taskId), Map.of());
    }

    private static byte[] task(String taskId) {
        return ("{\"taskId\":\"" + taskId + "\"}").getBytes(StandardCharsets.UTF_8);
    }
}
