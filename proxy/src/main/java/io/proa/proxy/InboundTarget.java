package io.proa.proxy;

import io.proa.model.ApplicationPort;

/// The application's port that an inbound connection reaches, and the way it came.
record InboundTarget(ApplicationPort port, Entry entry) {
    enum Entry {
        /// Mutual TLS on the mesh port.
        MESH,
        /// A port that the operator published, through the launcher's Unix socket.
        PUBLISHED,
        /// Plaintext from outside the mesh.
        PLAINTEXT
    }
}
