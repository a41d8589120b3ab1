package io.proa.proxy.http;

/// A request whose head has been read and found well-formed; the first stage.
public record ArrivedRequest(Exchange exchange) {}
