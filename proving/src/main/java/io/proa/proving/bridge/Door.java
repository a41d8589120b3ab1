package io.proa.proving.bridge;

import io.proa.identity.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `openssl s_client` sees of a pod's mesh port.
///
/// @param protocol `TLSv1.3`, or `none` where no session came about
/// @param demandsCertificate whether the server asked for a client certificate
/// @param verified whether the server's chain leads to the fleet's root
/// @param spiffe the URIs among the certificate's names
/// @param serial of the certificate, in hex; empty where there was none
/// @param alert the alert that ended it, in OpenSSL's words; empty where there was none
/// @param answer the status of the HTTP response that came; empty where none did
record Door(
        String protocol,
        boolean demandsCertificate,
        boolean verified,
        List<String> spiffe,
        String serial,
        String alert,
        String answer) {
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final Pattern PROTOCOL = Pattern.compile("(?m)^New, (TLSv[0-9.]+), Cipher is");
    private static final Pattern ALERT =
            Pattern.compile(
                    "alert ([a-z ]+?)(:|\\n|$).*?SSL alert number ([0-9]+)", Pattern.DOTALL);
    private static final Pattern CERTIFICATE =
            Pattern.compile(
                    "-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\\n", Pattern.DOTALL);
    private static final Pattern ANSWER = Pattern.compile("(?m)^HTTP/1\\.[01] ([0-9]{3})");

    /// Asks for `/` through the door.
    ///
    /// @param name SNI
    /// @param roots the fleet's root certificates
    /// @param options more of `s_client`
    static Door knock(
            Commands.Place place, String address, String name, Path roots, List<String> options)
            throws IOException, InterruptedException {
        String connect = (address.contains(":") ? "[" + address + "]" : address) + ":15008";
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", connect));
        command.addAll(List.of("-servername", name, "-alpn", "http/1.1", "-msg"));
        command.addAll(List.of("-CAfile", roots.toString()));
        command.addAll(options);
        String request = "GET / HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n";
        return of(Commands.talk(place, command, request, PATIENCE).output());
    }

    static Door of(String output) {
        Matcher protocol = PROTOCOL.matcher(output);
        Matcher alert = ALERT.matcher(output);
        Matcher answer = ANSWER.matcher(output);
        Matcher pem = CERTIFICATE.matcher(output);
        List<String> spiffe = new ArrayList<>();
        String serial = "";
        if (pem.find()) {
            X509Certificate certificate = Pem.certificates(pem.group()).getFirst();
            serial = certificate.getSerialNumber().toString(16);
            spiffe.addAll(uris(certificate));
        }
        return new Door(
                protocol.find() ? protocol.group(1) : "none",
                output.contains(", CertificateRequest"),
                output.contains("Verify return code: 0 (ok)"),
                spiffe,
                serial,
                alert.find() ? alert.group(1) + " (" + alert.group(3) + ")" : "",
                answer.find() ? answer.group(1) : "");
    }

    private static List<String> uris(X509Certificate certificate) {
        List<String> uris = new ArrayList<>();
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (name.getFirst() instanceof Integer kind && kind == 6) {
                    uris.add(String.valueOf(name.get(1)));
                }
            }
        } catch (CertificateParsingException e) {
            throw new IllegalArgumentException(e);
        }
        return uris;
    }

    boolean served() {
        return !answer.isEmpty();
    }
}
