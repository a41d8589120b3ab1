package io.proa.app.training;

import io.proa.identity.IdentityStore;
import io.proa.identity.TrustBundle;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.SpiffeId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A root and one certificate for the minutes of a training run, made by the JDK's keytool, which
/// is there wherever we build. The product's own authority keeps a key on disk and asks for tokens;
/// none of that is wanted here.
final class ThrowawayAuthority {
    private static final String PASSWORD = "training";

    private final Path folder;
    private final Path store;

    ThrowawayAuthority(Path folder) {
        this.folder = folder;
        this.store = folder.resolve("keys.p12");
    }

    /// @return the folder that holds the identity, as a sidecar reads it
    Path identity(String id) throws IOException, GeneralSecurityException, InterruptedException {
        keytool(
                "-alias",
                "root",
                "-dname",
                "CN=training root",
                "-ext",
                "bc:c=ca:true",
                "-ext",
                "ku:c=keyCertSign,cRLSign");
        keytool(
                "-alias",
                "leaf",
                "-dname",
                "CN=trainee",
                "-signer",
                "root",
                "-ext",
                "bc:c=ca:false",
                "-ext",
                "ku:c=digitalSignature",
                "-ext",
                "eku=serverAuth,clientAuth",
                "-ext",
                "san=uri:" + id);
        var keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        var key = (PrivateKey) keys.getKey("leaf", PASSWORD.toCharArray());
        var leaf = (X509Certificate) keys.getCertificate("leaf");
        var root = (X509Certificate) keys.getCertificate("root");
        Path identity = folder.resolve("identity");
        new IdentityStore(identity)
                .save(
                        new WorkloadIdentity(SpiffeId.parse(id), key, List.of(leaf)),
                        new TrustBundle(TrainingMesh.TRUST_DOMAIN, 1, List.of(root)));
        return identity;
    }

    private void keytool(String... options) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(
                List.of(
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString()));
        command.addAll(List.of(options));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!keytool.waitFor(20, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            keytool.destroyForcibly();
            throw new IOException("keytool failed: " + said.strip());
        }
    }
}
