/// The data plane: one loop per core, bytes in, stages in order, bytes out.
///
/// Start with [io.proa.proxy.OutboundStack] and [io.proa.proxy.InboundStack]: every step a request
/// passes, in travel order. [io.proa.proxy.DataPlane] puts the parts together. It knows neither
/// where its snapshots come from nor how its identity is issued.
@NullMarked
package io.proa.proxy;

import org.jspecify.annotations.NullMarked;
