package io.riskwatch.flink.source;

import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

import java.util.ArrayList;
import java.util.List;

/**
 * Copies a record and never fails: an exception here would restart the job at the same record, for ever.
 */
@Internal
public class DetectionRecordDeserializer implements KafkaRecordDeserializationSchema<DetectionRecord> {

    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<DetectionRecord> out) {
        List<RecordHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new RecordHeader(header.key(), header.value()));
        }
        out.collect(
                new DetectionRecord(
                        record.key(),
                        record.value(),
                        headers.toArray(RecordHeader[]::new),
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        record.timestamp()));
    }

    @Override
    public TypeInformation<DetectionRecord> getProducedType() {
        return TypeInformation.of(DetectionRecord.class);
    }
}
