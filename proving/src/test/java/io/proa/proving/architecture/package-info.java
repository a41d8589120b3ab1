/// The rules of the house that a compiler cannot check: which room may use which, what the data
/// plane must not do, and that the texts about it name what exists. A rule that has exceptions
/// lists them by name, each with its reason.
@NullMarked
package io.proa.proving.architecture;

import org.jspecify.annotations.NullMarked;
