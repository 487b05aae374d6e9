package io.riskwatch.flink.dispatch;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Collects an answer's bytes and gives up on one that is longer than any RiskAssessment can be. */
final class BoundedBody implements BodySubscriber<byte[]> {

    /** What the results topic takes, and some room. */
    static final int MAX_BYTES = 512 * 1024;

    static final BodyHandler<byte[]> HANDLER = answer -> new BoundedBody();

    private final BodySubscriber<byte[]> collected = BodySubscribers.ofByteArray();
    private Flow.Subscription subscription;
    private long received;

    @Override
    public CompletionStage<byte[]> getBody() {
        return collected.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        collected.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            received += buffer.remaining();
        }
        if (received > MAX_BYTES) {
            subscription.cancel();
            collected.onError(new IOException("the answer is longer than " + MAX_BYTES + " bytes"));
        } else {
            collected.onNext(buffers);
        }
    }

    @Override
    public void onError(Throwable error) {
        collected.onError(error);
    }

    @Override
    public void onComplete() {
        collected.onComplete();
    }
}
