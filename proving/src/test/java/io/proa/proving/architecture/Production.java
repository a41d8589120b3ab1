package io.proa.proving.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/// All of Proa's own classes, tests left out, and the words in which the rules speak of them.
final class Production {
    /// Read once: importing is most of what these tests cost.
    static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.proa");

    private static final String ROOT = "io.proa.";

    private Production() {}

    /// The room of a class; empty for what is not Proa's.
    static String roomOf(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith(ROOT)) {
            return "";
        }
        int end = name.indexOf('.', ROOT.length());
        return name.substring(ROOT.length(), end < 0 ? name.length() : end);
    }

    static DescribedPredicate<JavaClass> inRooms(Set<String> rooms) {
        return DescribedPredicate.describe("are in " + rooms, type -> rooms.contains(roomOf(type)));
    }

    /// Everything but the named classes and what is nested in them.
    static DescribedPredicate<JavaClass> except(Set<String> names) {
        return DescribedPredicate.describe(
                "are not one of " + names,
                type -> {
                    int nested = type.getName().indexOf('$');
                    String outermost =
                            nested < 0 ? type.getName() : type.getName().substring(0, nested);
                    return !names.contains(outermost);
                });
    }

    /// A call of, or a reference to, one of the methods, each written as `class.method`.
    static DescribedPredicate<JavaAccess<?>> useOf(Set<String> methods) {
        return DescribedPredicate.describe(
                "is one of " + methods,
                access ->
                        methods.contains(
                                access.getTargetOwner().getName()
                                        + '.'
                                        + access.getTarget().getName()));
    }

    /// A file of the repository; tests run in the module's folder, which stands in the root.
    static String text(String path) {
        try {
            return Files.readString(Path.of("..").resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
