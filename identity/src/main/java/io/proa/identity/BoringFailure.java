package io.proa.identity;

import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;

/// What BoringSSL's error numbers mean to us (its ssl.h, `SSL_R_*`).
final class BoringFailure {
    private static final int PEER_DID_NOT_RETURN_A_CERTIFICATE = 192;
    private static final int HTTP_REQUEST = 155;
    private static final int HTTPS_PROXY_REQUEST = 156;
    private static final int WRONG_VERSION_NUMBER = 247;

    /// Reasons from here on are alerts received from the peer: this plus the alert's number.
    private static final int ALERTS = 1000;

    private BoringFailure() {}

    /// Takes the newest error off this thread's queue.
    ///
    /// @param recognised whether the peer has been speaking TLS already
    static TlsFailure take(String during, boolean recognised) {
        int number = SSL.getLastErrorNumber();
        if (number == 0) {
            return new TlsFailure(TlsFailure.Code.PROTOCOL, during + ": no further detail");
        }
        int reason = number & 0xfff;
        String text = SSL.getErrorString(number);
        String name = text.substring(text.lastIndexOf(':') + 1);
        SSL.clearError();
        if (reason >= ALERTS) {
            return new TlsFailure(
                    TlsFailure.Code.PEER_ALERT,
                    "the peer ended it with alert " + (reason - ALERTS) + " (" + name + ")");
        }
        return switch (reason) {
            case PEER_DID_NOT_RETURN_A_CERTIFICATE ->
                    new TlsFailure(TlsFailure.Code.NO_CERTIFICATE, "the peer sent no certificate");
            case HTTP_REQUEST, HTTPS_PROXY_REQUEST, WRONG_VERSION_NUMBER ->
                    new TlsFailure(
                            recognised ? TlsFailure.Code.PROTOCOL : TlsFailure.Code.NOT_TLS,
                            "the bytes are not TLS (" + name + ")");
            default -> new TlsFailure(TlsFailure.Code.PROTOCOL, during + ": " + name);
        };
    }

    /// What tells BoringSSL to send the alert that fits a refused certificate.
    static int verdict(TlsFailure.Code code) {
        return switch (code) {
            case EXPIRED -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
            case NOT_YET_VALID -> CertificateVerifier.X509_V_ERR_CERT_NOT_YET_VALID;
            case WRONG_IDENTITY -> CertificateVerifier.X509_V_ERR_CERT_REJECTED;
            case UNTRUSTED, NO_CERTIFICATE, NOT_TLS, PEER_ALERT, TRUNCATED, PROTOCOL ->
                    CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
        };
    }
}
