/// The Linux underneath: network namespaces, redirect rules, the few socket options the JDK lacks.
///
/// Two kinds of user, which never meet in one process:
/// - the data plane asks [io.proa.host.OriginalDestination] where a redirected connection wanted to
///   go, marks its own connections by [io.proa.host.SocketMark] and guards itself by
///   [io.proa.host.ProcessGuard];
/// - the launcher builds pods and the network between them, starting at
///   [io.proa.host.FleetNetwork]; short-lived helpers set links and rules
///   ([io.proa.host.RedirectRules]) by netlink.
///
/// `java.lang.foreign` lives here and nowhere else. Nothing here knows HTTP, TLS or configuration.
@NullMarked
package io.proa.host;

import org.jspecify.annotations.NullMarked;
