package io.riskwatch.flink;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

import io.riskwatch.flink.dispatch.AssessedTask;
import io.riskwatch.flink.source.DeadLetter;
import io.riskwatch.flink.source.DetectionRecord;
import io.riskwatch.flink.source.RecordHeader;
import io.riskwatch.flink.task.AssessmentTask;
import io.riskwatch.flink.testing.Detections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElementTypesTest {

    private static final SerializerConfigImpl WITHOUT_KRYO = withoutKryo();

    @ParameterizedTest
    @ValueSource(classes = {DetectionRecord.class, AssessmentTask.class, DeadLetter.class, AssessedTask.class})
    void travelWithoutKryo(Class<?> type) {
        TypeInformation<?> information = TypeInformation.of(type);

        assertThat(information).isInstanceOf(PojoTypeInfo.class);
        assertThat(information.createSerializer(WITHOUT_KRYO)).isNotNull();
    }

    @Test
    void arriveAsTheyWereSentNullsIncluded() throws Exception {
        RecordHeader[] headers = {Detections.header("a", "1"), new RecordHeader("b", null)};
        DetectionRecord record = new DetectionRecord(null, null, headers, "topic", 3, 42, -1);
        var serializer = TypeInformation.of(DetectionRecord.class).createSerializer(WITHOUT_KRYO);
        DataOutputSerializer out = new DataOutputSerializer(64);

        serializer.serialize(record, out);
        DetectionRecord copy = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));

        assertThat(copy).usingRecursiveComparison().isEqualTo(record);
    }

    private static SerializerConfigImpl withoutKryo() {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        return (SerializerConfigImpl) new ExecutionConfig(configuration).getSerializerConfig();
    }
}
