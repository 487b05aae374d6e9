package io.riskwatch.flink;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import org.apache.flink.annotation.Experimental;
import org.apache.flink.annotation.Public;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.util.Preconditions;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import java.util.List;

@AnalyzeClasses(packages = "io.riskwatch.flink", importOptions = ImportOption.DoNotIncludeTests.class)
class PublicApiTest {

    private static final List<Class<? extends java.lang.annotation.Annotation>> PUBLIC =
            List.of(Public.class, PublicEvolving.class, Experimental.class);

    private static final DescribedPredicate<JavaClass> FLINKS_OWN =
            resideInAPackage("org.apache.flink..").and(not(resideInAPackage("org.apache.flink.annotation..")));

    private static final DescribedPredicate<JavaClass> PROMISED =
            describe("part of Flink's public API", PublicApiTest::isPromised);

    /** Internal by its tag, and in every connector's constructors all the same. */
    private static final DescribedPredicate<JavaClass> PRECONDITIONS = type(Preconditions.class);

    @ArchTest
    static final ArchRule LIVES_ON_WHAT_FLINK_PROMISES =
            noClasses().should().dependOnClassesThat(FLINKS_OWN.and(not(PROMISED)).and(not(PRECONDITIONS)));

    @ArchTest
    static final ArchRule THE_CLIENT_KNOWS_NO_FLINK =
            noClasses()
                    .that()
                    .haveNameMatching("io\\.riskwatch\\.flink\\.dispatch\\.(Assessment.*|RetryDelay|BoundedBody|SharedHttp)")
                    .should()
                    .dependOnClassesThat(resideInAPackage("org.apache.flink.."));

    @ArchTest
    static final ArchRule ROOMS_DEPEND_IN_ONE_DIRECTION =
            noClasses()
                    .that()
                    .resideInAPackage("io.riskwatch.flink.source")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.riskwatch.flink.task", "io.riskwatch.flink.dispatch", "io.riskwatch.flink");

    private static boolean isPromised(JavaClass type) {
        if (PUBLIC.stream().anyMatch(type::isAnnotatedWith)) {
            return true;
        }
        return type.getEnclosingClass().map(PublicApiTest::isPromised).orElse(false);
    }
}
