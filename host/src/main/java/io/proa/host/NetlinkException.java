package io.proa.host;

import java.io.IOException;

/// The kernel refused a request; the message says which and why.
public final class NetlinkException extends IOException {
    private static final long serialVersionUID = 1;

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EEXIST = 17;

    private final int errno;

    NetlinkException(String request, int errno, String detail) {
        super(
                request
                        + ": "
                        + describe(errno)
                        + (detail.isEmpty() ? "" : " (" + detail + ")")
                        + hint(errno));
        this.errno = errno;
    }

    /// The kernel's error number (errno(3)); 0 where the kernel did not answer at all.
    public int errno() {
        return errno;
    }

    private static String describe(int errno) {
        return switch (errno) {
            case 0 -> "no answer from the kernel";
            case EPERM -> "operation not permitted";
            case ENOENT -> "not found, or not supported by this kernel";
            case 12 -> "out of memory";
            case 16 -> "busy";
            case EEXIST -> "exists already";
            case 19 -> "no such network interface";
            case 22 -> "invalid argument";
            case 28 -> "no space left";
            case 93 -> "protocol not supported by this kernel";
            case 95 -> "not supported by this kernel";
            case 97 -> "address family not supported by this kernel";
            case 99 -> "address not available";
            case 101 -> "network unreachable";
            case 113 -> "no route to host";
            default -> "error " + errno;
        };
    }

    private static String hint(int errno) {
        return errno == EPERM
                ? "; this takes CAP_NET_ADMIN over the network namespace: run as root in it"
                : "";
    }
}
