package io.proa.control.intent;

/// A value and where it stands.
public record Located<T>(T value, Place place) {}
