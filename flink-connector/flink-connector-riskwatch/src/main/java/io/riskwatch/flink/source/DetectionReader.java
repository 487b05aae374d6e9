package io.riskwatch.flink.source;

import org.apache.flink.annotation.PublicEvolving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads Detections by riskwatch's own JSON Schema, which is built into this jar from the one place where the wire
 * contract lives. Not thread safe: one instance per subtask.
 */
@PublicEvolving
public final class DetectionReader {

    /** The longest value that may be a Detection, in bytes: what the detections topic's contract allows. */
    public static final int MAX_BYTES = 1024 * 1024;

    /** The one {@code schemaVersion} that can be read. */
    public static final int SCHEMA_VERSION = 1;

    private static final String SCHEMA_RESOURCE = "/io/riskwatch/flink/schemas/detection.schema.json";
    private static final int ISSUES_SHOWN = 10;

    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Schema schema = loadSchema();

    /**
     * Reads and checks a record's value.
     *
     * @throws InvalidDetectionException when it holds no valid Detection; the message says what is wrong and where, and
     *     never repeats the value
     */
    public Detection read(byte[] value) throws InvalidDetectionException {
        if (value == null) {
            throw new InvalidDetectionException(DeadLetterReason.INVALID_JSON, "Detection: the record has no value");
        }
        if (value.length > MAX_BYTES) {
            throw new InvalidDetectionException(
                    DeadLetterReason.TOO_LARGE,
                    "Detection: " + value.length + " bytes, at most " + MAX_BYTES + " are allowed");
        }
        JsonNode json = parse(value);
        JsonNode version = json.path("schemaVersion");
        if (version.isNumber() && version.doubleValue() != SCHEMA_VERSION) {
            throw new InvalidDetectionException(
                    DeadLetterReason.UNKNOWN_VERSION,
                    "Detection: schemaVersion " + version + " is unknown here, only " + SCHEMA_VERSION + " can be read");
        }
        List<Error> errors = schema.validate(json);
        if (!errors.isEmpty()) {
            throw new InvalidDetectionException(DeadLetterReason.SCHEMA, "Detection: " + describe(errors));
        }
        return new Detection(json);
    }

    /** Reads bytes that {@link #read} has accepted before, without checking them again. */
    public static Detection readTrusted(byte[] value) {
        try {
            return new Detection(parse(value));
        } catch (InvalidDetectionException e) {
            throw new IllegalArgumentException("These bytes were never accepted as a Detection", e);
        }
    }

    private static JsonNode parse(byte[] value) throws InvalidDetectionException {
        try {
            // Jackson alone would also guess UTF-16 and let some broken UTF-8 pass.
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(value))
                            .toString();
            JsonNode json = MAPPER.readTree(text);
            if (!json.isMissingNode()) {
                return json;
            }
        } catch (CharacterCodingException | JsonProcessingException e) {
            // Their messages quote the text, which may hold anything; they stay out.
        }
        throw new InvalidDetectionException(
                DeadLetterReason.INVALID_JSON, "Detection: the value is not JSON in UTF-8");
    }

    private static Schema loadSchema() {
        Dialect dialect = Dialect.builder(Dialects.getDraft202012()).keyword(new Base64Keyword()).build();
        try (InputStream resource = DetectionReader.class.getResourceAsStream(SCHEMA_RESOURCE)) {
            Schema schema = SchemaRegistry.withDefaultDialect(dialect).getSchema(MAPPER.readTree(resource));
            schema.initializeValidators();
            return schema;
        } catch (IOException e) {
            throw new UncheckedIOException("The jar lacks " + SCHEMA_RESOURCE, e);
        }
    }

    private static String describe(List<Error> errors) {
        Set<String> issues = new LinkedHashSet<>();
        for (Error error : errors) {
            if (issues.size() < ISSUES_SHOWN) {
                issues.add(SchemaIssue.of(error).toString());
            }
        }
        return String.join("; ", issues);
    }
}
