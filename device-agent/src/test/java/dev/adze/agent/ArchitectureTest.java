package dev.adze.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What docs/architecture.md promises of everything that goes on a device: the agent and the modules it stands on. */
@AnalyzeClasses(packages = "dev.adze", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule sensorsKnowNothingOfWhatBecomesOfTheirReadings = noClasses().that()
            .resideInAPackage("dev.adze.agent.sensor..").should().dependOnClassesThat()
            .resideInAnyPackage("dev.adze.runtime.model..", "dev.adze.runtime.bundle..", "dev.adze.runtime.session..",
                    "io.prometheus..");

    @ArchTest
    static final ArchRule nothingCallsTheCommandLine = noClasses().that().resideOutsideOfPackage("..cli..")
            .should().dependOnClassesThat().resideInAPackage("dev.adze..cli..");

    @ArchTest
    static final ArchRule noPackageOfTheRuntimeCallsBack =
            slices().matching("dev.adze.runtime.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsPicocli =
            noClasses().that().resideOutsideOfPackage("..cli..").should().dependOnClassesThat().resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule onlyOneClassKnowsTheMqttClient = noClasses().that().haveNameNotMatching(".*\\.HiveMqttLink(\\$.*)?")
            .should().dependOnClassesThat().resideInAPackage("com.hivemq..");

    @ArchTest
    static final ArchRule onlyTheCommandLineEndsTheProgram =
            noClasses().that().resideOutsideOfPackage("..cli..").should().callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule noTrainingLibraryOnTheDevice =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.bytedeco.pytorch..", "dev.adze.compress..");
}
