/// The immutable words of the mesh: what configuration and facts say.
///
/// Everything here is a record, an enum or a sealed interface; nothing has behaviour beyond its own
/// consistency. Start with [io.proa.model.MeshSnapshot]. Nothing here knows sockets, files, formats
/// or time.
@NullMarked
package io.proa.model;

import org.jspecify.annotations.NullMarked;
