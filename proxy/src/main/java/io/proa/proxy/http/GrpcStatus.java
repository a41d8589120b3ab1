package io.proa.proxy.http;

import io.proa.traffic.Reason;
import java.nio.charset.StandardCharsets;

/// What gRPC calls the failures of HTTP (gRPC, HTTP to gRPC status code mapping).
final class GrpcStatus {
    private static final int UNKNOWN = 2;
    private static final int DEADLINE_EXCEEDED = 4;
    private static final int PERMISSION_DENIED = 7;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int UNIMPLEMENTED = 12;
    private static final int INTERNAL = 13;
    private static final int UNAVAILABLE = 14;
    private static final int UNAUTHENTICATED = 16;
    private static final int LONGEST_MESSAGE = 512;

    private GrpcStatus() {}

    static int of(Reason reason) {
        return switch (reason) {
            case DEADLINE, PER_TRY_TIMEOUT -> DEADLINE_EXCEEDED;
            case HEAD_TOO_LARGE -> RESOURCE_EXHAUSTED;
            default -> of(reason.status());
        };
    }

    private static int of(int httpStatus) {
        return switch (httpStatus) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }

    /// The status of HTTP that stands for one of gRPC (google.rpc.Code).
    ///
    /// @param grpc decimal; what is none counts as UNKNOWN
    static int http(String grpc) {
        return switch (grpc) {
            case "0" -> 200;
            case "1" -> 499;
            case "3", "9", "11" -> 400;
            case "4" -> 504;
            case "5" -> 404;
            case "6", "10" -> 409;
            case "7" -> 403;
            case "8" -> 429;
            case "12" -> 501;
            case "14" -> 503;
            case "16" -> 401;
            default -> 500;
        };
    }

    /// Percent-encoded as `grpc-message` wants it (gRPC over HTTP/2, Responses).
    static String message(String text) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (encoded.length() >= LONGEST_MESSAGE) {
                break;
            }
            if (b >= ' ' && b <= '~' && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(b >> 4 & 0xf, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
            }
        }
        return encoded.toString();
    }
}
