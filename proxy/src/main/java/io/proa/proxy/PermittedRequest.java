package io.proa.proxy;

import io.proa.model.ApplicationPort;
import io.proa.proxy.http.Exchange;

/// A request whose caller is known and may make it.
record PermittedRequest(Exchange exchange, ApplicationPort port) {}
