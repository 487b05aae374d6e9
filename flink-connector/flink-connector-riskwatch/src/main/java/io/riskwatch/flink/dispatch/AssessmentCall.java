package io.riskwatch.flink.dispatch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One task on its way: an attempt, a pause, an attempt … until its outcome is there or nobody waits for it. */
final class AssessmentCall {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int BAD_REQUEST = 400;
    private static final int CONTENT_TOO_LARGE = 413;

    private final AssessmentClient client;
    private final AssessmentRequest request;
    private final HttpRequest httpRequest;
    private final CompletableFuture<AssessmentOutcome> outcome = new CompletableFuture<>();

    private volatile int attempts;
    private volatile boolean failed;
    /** The request in flight, or the timer of the next one. */
    private volatile Future<?> pending;

    AssessmentCall(AssessmentClient client, AssessmentRequest request) {
        this.client = client;
        this.request = request;
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(client.options().endpoint())
                        .header("content-type", "application/json")
                        .header("accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(request.body()));
        request.headers().forEach(builder::header);
        this.httpRequest = builder.build();
    }

    CompletableFuture<AssessmentOutcome> outcome() {
        return outcome;
    }

    boolean hasFailed() {
        return failed;
    }

    void start() {
        outcome.whenComplete((end, error) -> abandon());
        attempt();
    }

    private void attempt() {
        attempts++;
        CompletableFuture<HttpResponse<byte[]>> exchange = send();
        AtomicBoolean late = new AtomicBoolean();
        // HttpRequest.timeout() stops at the answer's headers; a body that never ends would never time out.
        Future<?> timeout =
                schedule(
                        () -> {
                            late.set(true);
                            exchange.cancel(true);
                        },
                        client.options().requestTimeout().toMillis());
        waitFor(exchange);
        exchange.whenComplete(
                (answer, error) -> {
                    if (timeout != null) {
                        timeout.cancel(false);
                    }
                    if (outcome.isDone()) {
                        return;
                    }
                    if (answer != null) {
                        answered(answer);
                    } else {
                        String reason =
                                late.get()
                                        ? "no answer within " + client.options().requestTimeout().toMillis() + " ms"
                                        : describe(error);
                        retry(reason, client.delay().afterFailure(attempts));
                    }
                });
    }

    /** Never throws: what goes wrong on the way is one more failed attempt, not a task that nobody tends any more. */
    private CompletableFuture<HttpResponse<byte[]>> send() {
        try {
            return client.http().client().sendAsync(httpRequest, BoundedBody.HANDLER);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void answered(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        if (status >= 200 && status < 300 && isAssessment(answer.body())) {
            end(AssessmentOutcome.Kind.ASSESSED, answer);
        } else if (status == BAD_REQUEST || status == CONTENT_TOO_LARGE) {
            end(AssessmentOutcome.Kind.REJECTED, answer);
        } else {
            String reason =
                    status >= 200 && status < 300
                            ? "answered " + status + " with something else than this task's assessment"
                            : "answered " + status;
            retry(reason, client.delay().afterAnswer(attempts, answer.headers()));
        }
    }

    private void end(AssessmentOutcome.Kind kind, HttpResponse<byte[]> answer) {
        client.ended(this);
        outcome.complete(new AssessmentOutcome(kind, answer.statusCode(), attempts, answer.body()));
    }

    /** A task is only done when the answer is about it; a wrong address may answer 200 to anything. */
    private boolean isAssessment(byte[] body) {
        try {
            JsonNode requestId = MAPPER.readTree(body).path("requestId");
            return request.taskId().equals(requestId.textValue());
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new IllegalStateException("Reading from memory does not fail", e);
        }
    }

    private void retry(String reason, long delayMs) {
        failed = true;
        client.attemptFailed(reason);
        Future<?> timer = schedule(this::attempt, delayMs);
        if (timer != null) {
            waitFor(timer);
        }
    }

    /** Null when the client was closed meanwhile; then this call is cancelled already. */
    private Future<?> schedule(Runnable task, long delayMs) {
        try {
            return client.http().timer().schedule(task, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return null;
        }
    }

    private void waitFor(Future<?> next) {
        pending = next;
        if (outcome.isDone()) {
            next.cancel(true);
        }
    }

    private void abandon() {
        Future<?> current = pending;
        if (current != null) {
            current.cancel(true);
        }
    }

    private static String describe(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (error instanceof ConnectException || error.getCause() instanceof ConnectException) {
            return "no connection";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
