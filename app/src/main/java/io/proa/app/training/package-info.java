/// Trains the sidecar's AOT cache after a build: starts one sidecar with its real flags, drives
/// real traffic through it (HTTP and opaque TCP, over mutual TLS with itself), and stops it,
/// whereupon the JVM writes what it loaded and linked.
///
/// Open [io.proa.app.training.TrainingRun] first. Nothing here runs in a product; `bin/train-aot`
/// calls it.
@NullMarked
package io.proa.app.training;

import org.jspecify.annotations.NullMarked;
