package io.riskwatch.flink.job;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.ParameterTool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The job's command line: {@code --config FILE} and any number of {@code --key value}, which win over the file. The keys
 * are those of {@link io.riskwatch.flink.RiskwatchOptions} and of Flink, in one file; YAML may be nested or flat, any
 * other file name than {@code .yaml}, {@code .yml} or {@code .json} is read as Java properties.
 */
final class JobArguments {

    private static final String CONFIG = "config";

    private JobArguments() {}

    /**
     * @throws IOException when the file cannot be read or is no YAML
     * @throws IllegalArgumentException when the arguments are no pairs of key and value
     */
    static Configuration read(String[] args) throws IOException {
        Map<String, String> arguments = new LinkedHashMap<>(ParameterTool.fromArgs(args).toMap());
        String file = arguments.remove(CONFIG);
        Map<String, String> all = new LinkedHashMap<>();
        if (file != null) {
            all.putAll(readFile(Path.of(file)));
        }
        all.putAll(arguments);
        return Configuration.fromMap(all);
    }

    private static Map<String, String> readFile(Path file) throws IOException {
        if (!file.getFileName().toString().matches(".*\\.(ya?ml|json)")) {
            return ParameterTool.fromPropertiesFile(file.toFile()).toMap();
        }
        Map<String, String> flat = new LinkedHashMap<>();
        flatten("", new YAMLMapper().readTree(Files.readString(file)), flat);
        return flat;
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> into) {
        if (!node.isObject()) {
            into.put(prefix, node.asText());
            return;
        }
        node.properties()
                .forEach(
                        entry ->
                                flatten(
                                        prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey(),
                                        entry.getValue(),
                                        into));
    }
}
