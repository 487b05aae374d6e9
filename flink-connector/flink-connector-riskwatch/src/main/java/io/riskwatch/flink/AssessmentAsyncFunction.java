package io.riskwatch.flink;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.util.Preconditions;

import io.riskwatch.flink.dispatch.AssessedTask;
import io.riskwatch.flink.dispatch.AssessmentClient;
import io.riskwatch.flink.dispatch.AssessmentClientOptions;
import io.riskwatch.flink.dispatch.AssessmentOutcome;
import io.riskwatch.flink.dispatch.AssessmentRequest;
import io.riskwatch.flink.source.TraceContext;
import io.riskwatch.flink.task.AssessmentTask;
import io.riskwatch.flink.task.AssessmentTaskJson;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Hands each task to the scheduler over HTTP and emits it with its end. No task is dropped and none fails the job: while
 * the scheduler is away or busy, tasks wait in this operator, and when its capacity is used up, the source waits.
 *
 * <pre>{@code
 * AsyncDataStream.unorderedWait(
 *         tasks,
 *         new AssessmentAsyncFunction(AssessmentClientOptions.builder(endpoint).build()),
 *         0, TimeUnit.MILLISECONDS, // no timeout
 *         128);                     // requests in flight per subtask
 * }</pre>
 *
 * <p>The capacity needed is the rate times the scheduler's answering time: 50 tasks a second that take 1.5 s each need
 * 75. After a restore, tasks that were in flight are sent again with the same id, which the scheduler knows.
 *
 * <p>Metrics (group {@code riskwatch}): counters {@code outcome.<assessed|rejected>.dispatch_total}, {@code
 * dispatch_retries_total}; gauges {@code dispatch_in_flight}, {@code dispatch_retrying}; histograms of the last 1,000
 * tasks {@code dispatch_latency_ms} (first attempt to end) and {@code detection_age_ms} (capture to first attempt).
 */
@PublicEvolving
public class AssessmentAsyncFunction extends RichAsyncFunction<AssessmentTask, AssessedTask> {

    private static final long serialVersionUID = 1L;
    private static final int HISTOGRAM_SIZE = 1000;

    private final AssessmentClientOptions options;
    private transient AssessmentClient client;
    private transient Counter assessed;
    private transient Counter rejected;
    private transient Histogram latency;
    private transient Histogram age;

    /** @param options how to call the scheduler */
    public AssessmentAsyncFunction(AssessmentClientOptions options) {
        this.options = Preconditions.checkNotNull(options, "options");
    }

    @Override
    public void open(OpenContext context) {
        client = new AssessmentClient(options);
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("riskwatch");
        assessed = metrics.addGroup("outcome", "assessed").counter("dispatch_total");
        rejected = metrics.addGroup("outcome", "rejected").counter("dispatch_total");
        metrics.gauge("dispatch_in_flight", (Gauge<Integer>) client::inFlight);
        metrics.gauge("dispatch_retrying", (Gauge<Integer>) client::retrying);
        metrics.gauge("dispatch_retries_total", (Gauge<Long>) client::retries);
        latency = metrics.histogram("dispatch_latency_ms", new LatencyHistogram(HISTOGRAM_SIZE));
        age = metrics.histogram("detection_age_ms", new LatencyHistogram(HISTOGRAM_SIZE));
    }

    @Override
    public void asyncInvoke(AssessmentTask task, ResultFuture<AssessedTask> results) {
        long dispatchedAt = System.currentTimeMillis();
        age.update(dispatchedAt - task.capturedAt());
        AssessmentRequest request =
                new AssessmentRequest(
                        task.taskId(),
                        AssessmentTaskJson.write(task, dispatchedAt),
                        TraceContext.of(task.record()).nextHop());
        long startedAt = System.nanoTime();
        client.assess(request)
                .whenComplete(
                        (outcome, cancelled) -> {
                            // Cancelled means that this function was closed: the task is in the checkpoint.
                            if (outcome != null) {
                                emit(task, outcome, startedAt, results);
                            }
                        });
    }

    private void emit(
            AssessmentTask task, AssessmentOutcome outcome, long startedAt, ResultFuture<AssessedTask> results) {
        long tookMs = (System.nanoTime() - startedAt) / 1_000_000;
        try {
            // The supplier runs in the task's own thread, where metrics may be touched.
            results.complete(
                    () -> {
                        latency.update(tookMs);
                        (outcome.kind() == AssessmentOutcome.Kind.ASSESSED ? assessed : rejected).inc();
                        return List.of(
                                new AssessedTask(
                                        task,
                                        outcome.kind(),
                                        outcome.status(),
                                        outcome.attempts(),
                                        outcome.body()));
                    });
        } catch (RejectedExecutionException e) {
            // The operator has closed between the answer and here; the task is in the checkpoint.
        }
    }

    /**
     * Does nothing: the attempts have deadlines of their own and go on, and the element leaves when its answer is there.
     * Flink's default would fail the job, any other end would drop the task.
     */
    @Override
    public void timeout(AssessmentTask task, ResultFuture<AssessedTask> results) {}

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
    }
}
