package io.proa.proving.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import org.junit.jupiter.api.Test;

/// An implementation is named by its difference, a helper by what it does.
class NamesTest {
    @Test
    void noClassIsNamedByNothing() {
        noClasses()
                .should()
                .haveNameMatching("(.*[.$])?\\w*(Util|Utils|Helper|Helpers|Manager|Impl)")
                .orShould()
                .haveNameMatching("(.*[.$])?Abstract\\w*")
                .check(Production.CLASSES);
    }

    @Test
    void noPackageIsALumberRoom() {
        noClasses()
                .should()
                .resideInAnyPackage(
                        "io.proa..util..",
                        "io.proa..common..",
                        "io.proa..internal..",
                        "io.proa..core..",
                        "io.proa..manager..",
                        "io.proa..helper..")
                .check(Production.CLASSES);
    }
}
