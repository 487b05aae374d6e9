package io.riskwatch.flink.dispatch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Hands assessment tasks to the scheduler over HTTP and never drops one. Plain Java: it knows nothing of Flink.
 *
 * <p>A task ends when the scheduler answers with its final RiskAssessment (a failed one is final as well), or says that
 * it can read no task from the request. Everything else is tried again without limit, with growing pauses and never
 * sooner than {@code Retry-After}: refused connections, broken and late answers, 429, 5xx, and 4xx that only a wrong
 * address or a proxy can give. The task's own deadline is the scheduler's to judge: it answers a task that comes too late
 * with a result, too.
 *
 * <p>Thread safe. All clients of one JVM share one connection pool.
 */
public final class AssessmentClient implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AssessmentClient.class);
    private static final long WARN_EVERY_MS = 30_000;

    private final AssessmentClientOptions options;
    private final RetryDelay delay;
    private final SharedHttp http = SharedHttp.acquire();
    private final Clock clock;

    private final Set<AssessmentCall> open = ConcurrentHashMap.newKeySet();
    private final LongAdder retries = new LongAdder();
    private final AtomicLong lastWarning = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();

    public AssessmentClient(AssessmentClientOptions options) {
        this.options = options;
        this.clock = Clock.systemUTC();
        this.delay =
                new RetryDelay(
                        options.initialBackoff(),
                        options.maxBackoff(),
                        () -> ThreadLocalRandom.current().nextDouble(),
                        clock);
    }

    /**
     * Sends a task until it ends. Cancelling the future ends the attempts; the scheduler may still finish the task.
     *
     * @return completes with the task's end, or is cancelled when the client is closed; nothing else
     */
    public CompletableFuture<AssessmentOutcome> assess(AssessmentRequest request) {
        AssessmentCall call = new AssessmentCall(this, request);
        open.add(call);
        call.outcome().whenComplete((outcome, error) -> ended(call));
        if (closed.get()) {
            call.outcome().cancel(false);
        } else {
            call.start();
        }
        return call.outcome();
    }

    /** Tasks that were handed in and have not ended. */
    public int inFlight() {
        return open.size();
    }

    /** Of those, the ones that have failed at least once. */
    public int retrying() {
        return (int) open.stream().filter(AssessmentCall::hasFailed).count();
    }

    /** Attempts beyond each task's first, since this client was made. */
    public long retries() {
        return retries.sum();
    }

    /** Cancels what is in flight. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            open.forEach(call -> call.outcome().cancel(false));
            SharedHttp.release();
        }
    }

    AssessmentClientOptions options() {
        return options;
    }

    RetryDelay delay() {
        return delay;
    }

    SharedHttp http() {
        return http;
    }

    /** Called when an attempt did not end its task and another one will follow. */
    void attemptFailed(String reason) {
        retries.increment();
        long now = clock.millis();
        long last = lastWarning.get();
        if (now - last >= WARN_EVERY_MS && lastWarning.compareAndSet(last, now)) {
            LOG.warn(
                    "{}: {}; {} of {} tasks in flight wait for another attempt",
                    options.endpoint(),
                    reason,
                    retrying(),
                    open.size());
        }
    }

    /** Called before the call's future completes (who waits for it finds the numbers right), or when it is cancelled. */
    void ended(AssessmentCall call) {
        if (open.remove(call) && call.hasFailed() && retrying() == 0 && !closed.get()) {
            LOG.info("{}: every task that had to wait has been taken", options.endpoint());
        }
    }
}
