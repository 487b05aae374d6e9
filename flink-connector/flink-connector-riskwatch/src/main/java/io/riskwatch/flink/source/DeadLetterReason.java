package io.riskwatch.flink.source;

import org.apache.flink.annotation.PublicEvolving;

/** Why a record is put aside. The labels are those of every dead letter in riskwatch. */
@PublicEvolving
public enum DeadLetterReason {
    /** The value is absent or no JSON in UTF-8. */
    INVALID_JSON("invalid-json"),
    /** The JSON breaks a rule of the message. */
    SCHEMA("schema"),
    /** The message names a {@code schemaVersion} that is unknown here. */
    UNKNOWN_VERSION("unknown-version"),
    /** The value is longer than its topic's contract allows. */
    TOO_LARGE("too-large"),
    /** The scheduler could read no task from what it was sent. */
    REJECTED("rejected");

    private final String label;

    DeadLetterReason(String label) {
        this.label = label;
    }

    /** What stands in the header {@code rw-dlq-reason}. */
    public String label() {
        return label;
    }
}
