package io.riskwatch.flink.source;

import org.apache.flink.annotation.Internal;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;

import java.util.ArrayList;
import java.util.List;

/** One broken rule: where ({@code group.people.0.box.width}) and which. Never holds the value itself. */
@Internal
record SchemaIssue(String path, String message) {

    static SchemaIssue of(Error error) {
        List<String> alternatives = pathOfAlternatives(error.getEvaluationPath());
        if (alternatives != null) {
            // Every form reports what it misses; together they only confuse.
            return new SchemaIssue(String.join(".", alternatives), "has none of the forms that are allowed here");
        }
        List<String> path = elements(error.getInstanceLocation());
        if (error.getProperty() != null) {
            path.add(error.getProperty());
            return new SchemaIssue(String.join(".", path), "is missing");
        }
        return new SchemaIssue(String.join(".", path), error.getMessage());
    }

    /** Where the value stands of which no alternative of an {@code anyOf} fits, or null when there is no such. */
    private static List<String> pathOfAlternatives(NodePath evaluation) {
        List<String> steps = elements(evaluation);
        int anyOf = steps.indexOf("anyOf");
        if (anyOf < 0) {
            return null;
        }
        List<String> path = new ArrayList<>();
        for (int index = 0; index < anyOf - 1; index++) {
            if (steps.get(index).equals("properties")) {
                path.add(steps.get(index + 1));
            }
        }
        return path;
    }

    private static List<String> elements(NodePath path) {
        List<String> elements = new ArrayList<>();
        for (int index = 0; index < path.getNameCount(); index++) {
            elements.add(path.getName(index));
        }
        return elements;
    }

    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
