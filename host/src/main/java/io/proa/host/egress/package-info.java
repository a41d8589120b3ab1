/// What leaves a fleet by way of the launcher, and what pods are told of this machine's name
/// servers.
@NullMarked
package io.proa.host.egress;

import org.jspecify.annotations.NullMarked;
