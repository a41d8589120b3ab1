package io.proa.wire;

import java.nio.charset.StandardCharsets;

/// How a sidecar shows which pod it is.
public sealed interface Credential {
    /// A single-use secret bound to the pod, given to the sidecar by whoever started it.
    record Token(String secret) implements Credential {
        /// Never the secret.
        @Override
        public String toString() {
            return "Token[***]";
        }
    }

    /// An identity issued earlier, and that its key is still held.
    ///
    /// @param chain PEM, leaf first
    /// @param signature over [#signedBytes] by the leaf's key (SHA256withECDSA)
    record Proof(String chain, Bytes signature) implements Credential {
        /// What is signed: bound to this use, this pod and this connection's nonce, so that it
        /// proves nothing elsewhere.
        public static byte[] signedBytes(String pod, Bytes nonce) {
            String text = "proa control proof v1\n" + pod + "\n" + nonce.toBase64();
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return "Proof[***]";
        }
    }
}
