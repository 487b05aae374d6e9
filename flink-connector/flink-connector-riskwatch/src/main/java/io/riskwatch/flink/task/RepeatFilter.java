package io.riskwatch.flink.task;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.Preconditions;

import java.time.Duration;

/**
 * Drops a task that was seen before, on a stream keyed by task id. It saves the scheduler work when a producer repeats
 * itself; it is not what makes repeats harmless, since the scheduler knows its task ids as well.
 *
 * <p>An id is remembered from its first sight for the time to live, in processing time; about 200 bytes of heap each.
 * The memory is part of the checkpoint that also holds what is in flight behind this operator, so no task can be
 * remembered and lost.
 *
 * <p>Metric (group {@code riskwatch}): {@code detections_repeated}.
 */
@PublicEvolving
public class RepeatFilter extends KeyedProcessFunction<String, AssessmentTask, AssessmentTask> {

    private static final long serialVersionUID = 1L;
    private static final int CLEANED_PER_ACCESS = 10;

    private final Duration timeToLive;
    private transient ValueState<Boolean> seen;
    private transient Counter repeated;

    /** @param timeToLive how long an id is remembered; more than 0 */
    public RepeatFilter(Duration timeToLive) {
        Preconditions.checkArgument(
                timeToLive.toMillis() > 0, "timeToLive must be longer than 0 ms, not %s", timeToLive);
        this.timeToLive = timeToLive;
    }

    @Override
    public void open(OpenContext context) {
        ValueStateDescriptor<Boolean> descriptor = new ValueStateDescriptor<>("seen", Types.BOOLEAN);
        descriptor.enableTimeToLive(
                StateTtlConfig.newBuilder(timeToLive)
                        .setUpdateType(StateTtlConfig.UpdateType.OnCreateAndWrite)
                        .setStateVisibility(StateTtlConfig.StateVisibility.NeverReturnExpired)
                        .cleanupIncrementally(CLEANED_PER_ACCESS, true)
                        .build());
        seen = getRuntimeContext().getState(descriptor);
        repeated = getRuntimeContext().getMetricGroup().addGroup("riskwatch").counter("detections_repeated");
    }

    @Override
    public void processElement(AssessmentTask task, Context context, Collector<AssessmentTask> out) throws Exception {
        if (seen.value() != null) {
            repeated.inc();
            return;
        }
        seen.update(true);
        out.collect(task);
    }
}
