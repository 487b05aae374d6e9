package io.riskwatch.flink.task;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.util.Preconditions;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Ids of assessment tasks: UUIDv5 (RFC 9562 §5.5) over {@code detectionId|policyVersion|revision}. Whoever derives one,
 * wherever and however often, gets the same id; that is what makes repeats harmless.
 */
@PublicEvolving
public final class TaskId {

    /** The namespace of task ids, the same in every part of riskwatch. It must never change. */
    private static final UUID NAMESPACE = UUID.fromString("c0a3f2de-7d1b-5b0e-9a57-3e1f6f1c8b42");

    private static final byte[] NAMESPACE_BYTES =
            ByteBuffer.allocate(16)
                    .putLong(NAMESPACE.getMostSignificantBits())
                    .putLong(NAMESPACE.getLeastSignificantBits())
                    .array();

    private TaskId() {}

    /**
     * The id of the task that judges a detection.
     *
     * @param revision 0 for the first judgement, one more for each further one
     */
    public static String of(String detectionId, String policyVersion, int revision) {
        Preconditions.checkArgument(revision >= 0, "revision must be 0 or more, not %s", revision);
        MessageDigest sha1 = sha1();
        sha1.update(NAMESPACE_BYTES);
        sha1.update((detectionId + "|" + policyVersion + "|" + revision).getBytes(StandardCharsets.UTF_8));
        ByteBuffer digest = ByteBuffer.wrap(sha1.digest());
        long high = digest.getLong() & ~0xF000L | 0x5000L;
        long low = digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-1", e);
        }
    }
}
