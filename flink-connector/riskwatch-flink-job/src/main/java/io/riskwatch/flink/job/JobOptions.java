package io.riskwatch.flink.job;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of the program, as against those of the connector. */
final class JobOptions {

    static final ConfigOption<Boolean> EMBEDDED =
            ConfigOptions.key("riskwatch.embedded")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription(
                            "Run the cluster in this JVM, with its web page and REST on rest.port, instead of on the "
                                    + "cluster that started the program.");

    private JobOptions() {}
}
