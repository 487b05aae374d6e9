package io.riskwatch.flink.task;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.util.Preconditions;

import java.io.Serializable;
import java.time.Duration;

/**
 * What this job asks for with every detection.
 *
 * @param policyVersion the policy to judge by; part of the task id
 * @param revision 0 for the first judgement of a detection; part of the task id
 * @param priority higher goes first at the scheduler
 * @param deadline how long after its capture a detection is worth a model call
 */
@PublicEvolving
public record TaskTerms(String policyVersion, int revision, int priority, Duration deadline) implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final int MAX_POLICY_VERSION_CHARS = 200;

    public TaskTerms {
        Preconditions.checkNotNull(policyVersion, "policyVersion");
        Preconditions.checkArgument(
                !policyVersion.isEmpty() && policyVersion.length() <= MAX_POLICY_VERSION_CHARS,
                "policyVersion must have 1 to %s characters, not %s",
                MAX_POLICY_VERSION_CHARS,
                policyVersion.length());
        Preconditions.checkArgument(revision >= 0, "revision must be 0 or more, not %s", revision);
        Preconditions.checkArgument(
                deadline.toMillis() > 0, "deadline must be longer than 0 ms, not %s", deadline);
    }
}
