package io.riskwatch.flink.task;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.Preconditions;

import io.riskwatch.flink.source.DeadLetter;
import io.riskwatch.flink.source.DetectionReader;
import io.riskwatch.flink.source.DetectionRecord;
import io.riskwatch.flink.source.InvalidDetectionException;

/**
 * One record in, one task out; what holds no valid Detection leaves by {@link DeadLetter#TAG}.
 *
 * <p>Metrics (group {@code riskwatch}): {@code detections_total}, {@code detections_invalid}.
 */
@PublicEvolving
public class TaskMaker extends ProcessFunction<DetectionRecord, AssessmentTask> {

    private static final long serialVersionUID = 1L;

    private final TaskTerms terms;
    private transient DetectionReader reader;
    private transient Counter detections;
    private transient Counter invalid;

    /** @param terms what to ask for with every detection */
    public TaskMaker(TaskTerms terms) {
        this.terms = Preconditions.checkNotNull(terms, "terms");
    }

    @Override
    public void open(OpenContext context) {
        reader = new DetectionReader();
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("riskwatch");
        detections = metrics.counter("detections_total");
        invalid = metrics.counter("detections_invalid");
    }

    @Override
    public void processElement(DetectionRecord record, Context context, Collector<AssessmentTask> out) {
        detections.inc();
        AssessmentTask task;
        try {
            task = AssessmentTask.of(reader.read(record.value()), record, terms);
        } catch (InvalidDetectionException e) {
            invalid.inc();
            context.output(DeadLetter.TAG, new DeadLetter(record, e.reason(), e.getMessage(), 1));
            return;
        }
        out.collect(task);
    }
}
