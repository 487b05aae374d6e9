package io.riskwatch.flink.source;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;

/**
 * A record from which no task can be made, and why.
 *
 * @param record the record as it was read
 * @param reason the kind of fault
 * @param error what was wrong and where, for a person to read
 * @param attempts how often it was tried: 1, or the number of requests made with it
 */
@PublicEvolving
public record DeadLetter(DetectionRecord record, DeadLetterReason reason, String error, int attempts) {

    /** The side output that dead letters leave an operator by. */
    public static final OutputTag<DeadLetter> TAG =
            new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class)) {};
}
