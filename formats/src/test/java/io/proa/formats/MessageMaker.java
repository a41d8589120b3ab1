package io.proa.formats;

import java.util.Random;

/// Makes messages from a seed: mostly whole and near the rules' edges, then hurt in a few places.
public final class MessageMaker {
    private static final String[] METHODS = {
        "GET", "POST", "HEAD", "PUT", "OPTIONS", "CONNECT", "TRACE", "get", "M-X"
    };
    private static final String[] TARGETS = {
        "/",
        "/a",
        "/a?b=c",
        "/long/path/with/many/segments?and=query&more=1",
        "*",
        "http://h",
        "http://h/",
        "https://h:443/x?y",
        "HTTP://H:80?q",
        "h:1",
        "//h/",
        "/%zz",
        "/?a?b",
        "/#",
        "http://u@h/",
        "a",
        "/a b",
        "/\u00e4"
    };
    private static final String[] NAMES = {
        "Host",
        "host",
        "Content-Length",
        "content-length",
        "Transfer-Encoding",
        "TRANSFER-ENCODING",
        "Connection",
        "connection",
        "Expect",
        "Upgrade",
        "TE",
        "Trailer",
        "Keep-Alive",
        "Accept",
        "accept-encoding",
        "X-A",
        "x_b",
        "Content_Length",
        "traceparent",
        "X-Request-Id",
        "x-proa-attempt",
        "Cookie",
        "Date",
        "User-Agent",
        "HTTP2-Settings",
        "Content-Lengthx",
        "A",
        "sec-ch-ua",
        "Proxy-Connection",
        "A1.b",
        "X-Forwarded-Client-Cert",
        "N!#$"
    };
    private static final String[] VALUES = {
        "", "h", "h:80", "3", "0", "10", "chunked", "Chunked", "gzip", "close", "keep-alive",
                "upgrade", "Upgrade, close",
        "x-a, TE", "X-A", "100-continue", "trailers", "websocket", "host", "a b\tc", "\u00ff\u0080",
                "a:b", ",", "03", "3,3", "+3",
        "9007199254740993", "some longer value; with=parts, and more of it"
    };
    private static final String[] BODIES = {
        "", "abc", "abcGET / HTTP/1.1\r\n", "3\r\nabc\r\n0\r\n\r\n",
                "A;x=y\r\n0123456789\r\n00\r\nX-T: 1\r\n\r\nrest",
        "0\r\n\r\n", "3\r\nabc\r\n0\r\nHost: x\r\n\r\n", "1\r\na\r\n1;q\r\nb\r\n0;z\r\n\r\n",
                "3 \r\nabc\r\n0\r\n\r\n", "3\r\nab"
    };
    private static final String NASTY =
            "\r\n\t \0\u000b\u007f:;,=_#?\"\\/-0aZ\u0080\u00ff\r\r\n\n%[]*@";
    private static final String[] SPLICES = {
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        "\r\n ",
        " ",
        "\t",
        ": ",
        "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Host: h\r\n",
        "\r\nTransfer-Encoding: chunked",
        "HTTP/1.1",
        "\0",
        "chunked",
        "0\r\n\r\n",
        ";"
    };

    private final Random random;

    public MessageMaker(long seed) {
        random = new Random(seed);
    }

    private String any(String[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    public String request() {
        StringBuilder text = new StringBuilder(oneIn(30) ? "\r\n" : "");
        String target = oneIn(3) ? any(TARGETS) : "/a";
        text.append(oneIn(2) ? "POST" : any(METHODS)).append(' ').append(target);
        text.append(oneIn(8) ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
        if (!oneIn(12)) {
            text.append("Host: h\r\n");
        }
        return rest(text);
    }

    public String response() {
        StringBuilder text = new StringBuilder(oneIn(8) ? "HTTP/1.0 " : "HTTP/1.1 ");
        int status =
                oneIn(2)
                        ? 200
                        : new int[] {100, 101, 103, 204, 205, 304, 404, 500, 999}
                                [random.nextInt(9)];
        text.append(status).append(oneIn(5) ? "" : " reason").append("\r\n");
        return rest(text);
    }

    public Method answered() {
        return oneIn(2) ? Method.GET : oneIn(2) ? Method.HEAD : Method.CONNECT;
    }

    private String rest(StringBuilder text) {
        if (oneIn(3)) {
            text.append(oneIn(2) ? "Content-Length: 3\r\n" : "Transfer-Encoding: chunked\r\n");
        }
        int fields = random.nextInt(7);
        for (int i = 0; i < fields; i++) {
            text.append(any(NAMES)).append(oneIn(6) ? ":" : ": ").append(any(VALUES));
            text.append(oneIn(12) ? " \t\r\n" : "\r\n");
        }
        text.append("\r\n").append(any(BODIES));
        int wounds = oneIn(2) ? 0 : 1 + random.nextInt(2);
        for (int i = 0; i < wounds; i++) {
            hurt(text);
        }
        return text.toString();
    }

    private void hurt(StringBuilder text) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(6)) {
            case 0 -> text.setCharAt(at, NASTY.charAt(random.nextInt(NASTY.length())));
            case 1 -> text.insert(at, NASTY.charAt(random.nextInt(NASTY.length())));
            case 2 -> text.deleteCharAt(at).append(' ');
            case 3 -> text.insert(at, any(SPLICES));
            case 4 -> text.setCharAt(at, (char) random.nextInt(256));
            default ->
                    text.insert(
                            at,
                            text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
        }
    }

    public int[] cuts(int length) {
        return random.ints(1 + random.nextInt(4), 0, length + 1).sorted().toArray();
    }
}
