package io.proa.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Makes field lists from a seed, as a connection has them: much repeats, some changes, a little is
/// odd.
final class FieldLists {
    private static final String[] NAMES = {
        ":method",
        ":path",
        ":scheme",
        ":authority",
        ":status",
        "accept",
        "accept-encoding",
        "cookie",
        "content-type",
        "content-length",
        "user-agent",
        "x-request-id",
        "traceparent",
        "grpc-timeout",
        "te",
        "authorization",
        "set-cookie",
        "date",
        "via",
        "x-a",
        "x-b-c",
        "a",
        "www-authenticate",
        "access-control-allow-origin"
    };
    private static final String[] VALUES = {
        "GET",
        "/",
        "/index.html",
        "http",
        "https",
        "200",
        "",
        "gzip, deflate",
        "application/grpc",
        "trailers",
        "1",
        "a=b",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
        "/package.Service/Method",
        "1000m"
    };

    private final Random random;

    FieldLists(long seed) {
        random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    List<HpackList> next() {
        List<HpackList> list = new ArrayList<>();
        int fields = random.nextInt(20);
        for (int i = 0; i < fields; i++) {
            list.add(new HpackList(name(), value(), random.nextInt(12) == 0));
        }
        return list;
    }

    private String name() {
        return random.nextInt(15) == 0
                ? "x-" + Integer.toString(random.nextInt(1 << 20), 36)
                : NAMES[random.nextInt(NAMES.length)];
    }

    private String value() {
        int kind = random.nextInt(10);
        if (kind < 5) {
            return VALUES[random.nextInt(VALUES.length)];
        } else if (kind < 8) {
            return Long.toString(random.nextLong(), 36);
        }
        int length = random.nextInt(kind == 8 ? 40 : 700);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) (kind == 8 ? random.nextInt(256) : 0x20 + random.nextInt(0x5F)));
        }
        return text.toString();
    }
}
