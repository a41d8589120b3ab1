/// `proa demo`: four services in four languages, steady load, and what their sidecars made of it.
///
/// Start with [io.proa.app.demo.DemoVerb]. The services themselves are in the folder `demo` at the
/// root.
@NullMarked
package io.proa.app.demo;

import org.jspecify.annotations.NullMarked;
