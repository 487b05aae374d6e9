package io.riskwatch.flink.source;

import org.apache.flink.annotation.PublicEvolving;

/** The bytes hold no valid Detection; reading them again cannot help. */
@PublicEvolving
public class InvalidDetectionException extends Exception {

    private static final long serialVersionUID = 1L;

    private final DeadLetterReason reason;

    InvalidDetectionException(DeadLetterReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The kind of fault. */
    public DeadLetterReason reason() {
        return reason;
    }
}
