package io.riskwatch.flink.source;

import org.apache.flink.annotation.Internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.AbstractKeyword;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;

/**
 * Makes {@code contentEncoding: base64} a rule. In JSON Schema 2020-12 the keyword is only a remark; riskwatch's
 * messages mean it. One linear pass, since it runs over every picture.
 */
@Internal
final class Base64Keyword extends AbstractKeyword {

    Base64Keyword() {
        super("contentEncoding");
    }

    @Override
    public KeywordValidator newValidator(
            SchemaLocation location, JsonNode schemaNode, Schema parent, SchemaContext context) {
        return new Validator(this, schemaNode, location, parent, context);
    }

    /** Whether the text is standard base64 with padding. */
    static boolean isPadded(String text) {
        int length = text.length();
        if (length == 0 || length % 4 != 0) {
            return false;
        }
        int end = length;
        while (end > length - 2 && text.charAt(end - 1) == '=') {
            end--;
        }
        for (int index = 0; index < end; index++) {
            char c = text.charAt(index);
            boolean digit = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/';
            if (!digit) {
                return false;
            }
        }
        return true;
    }

    private static final class Validator extends BaseKeywordValidator {

        private Validator(
                Keyword keyword, JsonNode schemaNode, SchemaLocation location, Schema parent, SchemaContext context) {
            super(keyword, schemaNode, location, parent, context);
        }

        @Override
        public void validate(ExecutionContext execution, JsonNode node, JsonNode root, NodePath location) {
            if (node.isTextual() && !isPadded(node.textValue())) {
                execution.addError(
                        error().instanceNode(node)
                                .instanceLocation(location)
                                .evaluationPath(execution.getEvaluationPath())
                                .locale(execution.getExecutionConfig().getLocale())
                                .message("must be padded base64")
                                .build());
            }
        }
    }
}
