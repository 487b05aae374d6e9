package io.riskwatch.flink.source;

import org.apache.flink.annotation.PublicEvolving;

/**
 * One header of a Kafka record, as it was read.
 *
 * @param name the header's name; a name may occur more than once
 * @param value the bytes, or null
 */
@PublicEvolving
public record RecordHeader(String name, byte[] value) {}
