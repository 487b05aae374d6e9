package io.riskwatch.flink;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;

class OptionsTableTest {

    @Test
    void readmeListsEveryOptionWithItsMeaning() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        HtmlFormatter text = new HtmlFormatter();

        for (Field field : RiskwatchOptions.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && field.get(null) instanceof ConfigOption<?> option) {
                assertThat(readme)
                        .contains("| `" + option.key() + "` | ")
                        .contains(text.format(option.description()));
            }
        }
    }
}
