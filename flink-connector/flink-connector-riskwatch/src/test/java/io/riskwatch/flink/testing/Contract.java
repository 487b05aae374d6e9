package io.riskwatch.flink.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The wire contract's own files: schemas, golden messages, id vectors. */
public final class Contract {

    private static final Path FOLDER = Path.of(System.getProperty("riskwatch.schemas"));
    private static final JsonMapper MAPPER = new JsonMapper();

    private Contract() {}

    /** Entries of the list of golden messages that are about {@code message}. */
    public static Stream<JsonNode> goldenMessages(String message) {
        return elements(json("golden/manifest.json")).filter(e -> e.get("message").textValue().equals(message));
    }

    public static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    public static byte[] golden(String file) {
        return bytes("golden/" + file);
    }

    public static JsonNode json(String file) {
        try {
            return MAPPER.readTree(bytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonNode parse(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(String file) {
        try {
            return Files.readAllBytes(FOLDER.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
