/// What one loop knows of the mesh: the snapshot it has adopted, and beside it the state that
/// outlives snapshots: balancers, pools, budgets.
///
/// Start with [io.proa.proxy.route.Clusters].
@NullMarked
package io.proa.proxy.route;

import org.jspecify.annotations.NullMarked;
