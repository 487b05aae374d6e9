package io.riskwatch.flink.dispatch;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/** How an {@link AssessmentClient} calls the scheduler. */
public final class AssessmentClientOptions implements Serializable {

    private static final long serialVersionUID = 1L;

    private final URI endpoint;
    private final Duration requestTimeout;
    private final Duration initialBackoff;
    private final Duration maxBackoff;

    private AssessmentClientOptions(Builder builder) {
        endpoint = Objects.requireNonNull(builder.endpoint, "endpoint");
        requestTimeout = builder.requestTimeout;
        initialBackoff = builder.initialBackoff;
        maxBackoff = builder.maxBackoff;
        require("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()),
                "endpoint must be an http or https URL, not " + endpoint);
        require(requestTimeout.toMillis() > 0, "requestTimeout must be longer than 0 ms, not " + requestTimeout);
        require(initialBackoff.toMillis() > 0, "initialBackoff must be longer than 0 ms, not " + initialBackoff);
        require(maxBackoff.compareTo(initialBackoff) >= 0,
                "maxBackoff must not be shorter than initialBackoff (" + initialBackoff + "), not " + maxBackoff);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** @param endpoint the URL of {@code POST /v1/assessments} */
    public static Builder builder(URI endpoint) {
        return new Builder(endpoint);
    }

    public URI endpoint() {
        return endpoint;
    }

    public Duration requestTimeout() {
        return requestTimeout;
    }

    public Duration initialBackoff() {
        return initialBackoff;
    }

    public Duration maxBackoff() {
        return maxBackoff;
    }

    /** Collects the options. */
    public static final class Builder {

        private final URI endpoint;
        private Duration requestTimeout = Duration.ofSeconds(45);
        private Duration initialBackoff = Duration.ofMillis(100);
        private Duration maxBackoff = Duration.ofSeconds(2);

        private Builder(URI endpoint) {
            this.endpoint = endpoint;
        }

        /**
         * How long one request may take, from sending to the last byte of the answer, before it is cut and made anew.
         * The scheduler answers when the verdict is there, so this should be longer than the tasks' deadline. Default
         * 45 s.
         */
        public Builder setRequestTimeout(Duration requestTimeout) {
            this.requestTimeout = Objects.requireNonNull(requestTimeout, "requestTimeout");
            return this;
        }

        /** The pause before the second attempt; each further one is twice as long. Default 100 ms. */
        public Builder setInitialBackoff(Duration initialBackoff) {
            this.initialBackoff = Objects.requireNonNull(initialBackoff, "initialBackoff");
            return this;
        }

        /** The longest pause between attempts, unless the scheduler asks for more. Default 2 s. */
        public Builder setMaxBackoff(Duration maxBackoff) {
            this.maxBackoff = Objects.requireNonNull(maxBackoff, "maxBackoff");
            return this;
        }

        /** @throws IllegalArgumentException when an option makes no sense; the message names it */
        public AssessmentClientOptions build() {
            return new AssessmentClientOptions(this);
        }
    }
}
