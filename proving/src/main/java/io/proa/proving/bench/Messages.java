package io.proa.proving.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The messages that the benchmarks read.
final class Messages {
    /// 205 bytes, 6 fields: a service calling another.
    static final String SERVICE_REQUEST =
            "GET /api/orders/12345?expand=items HTTP/1.1\r\n"
                    + "Host: orders:8080\r\n"
                    + "User-Agent: python-requests/2.32.3\r\n"
                    + "Accept-Encoding: gzip, deflate\r\n"
                    + "Accept: */*\r\n"
                    + "Connection: keep-alive\r\n"
                    + "x-request-id: 7f1d2c3b4a59687\r\n"
                    + "\r\n";

    /// 790 bytes, 16 fields: a browser, through a gateway.
    static final String BROWSER_REQUEST =
            "GET /shop/catalogue/items?page=2&sort=price&filter=in-stock HTTP/1.1\r\n"
                    + "Host: shop.example.com\r\n"
                    + "Connection: keep-alive\r\n"
                    + "sec-ch-ua: \"Chromium\";v=\"156\", \"Not.A/Brand\";v=\"24\"\r\n"
                    + "sec-ch-ua-mobile: ?0\r\n"
                    + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36\r\n"
                    + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
                    + "Sec-Fetch-Site: same-origin\r\n"
                    + "Sec-Fetch-Mode: navigate\r\n"
                    + "Sec-Fetch-Dest: document\r\n"
                    + "Referer: https://shop.example.com/shop/catalogue\r\n"
                    + "Accept-Encoding: gzip, deflate, br, zstd\r\n"
                    + "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
                    + "Cookie: session=5f4dcc3b5aa765d61d8327deb882cf99; theme=dark; consent=1\r\n"
                    + "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
                    + "X-Request-Id: 2f1c8a7e-93b1-4a3e-8f5d-1f2e3d4c5b6a\r\n"
                    + "X-Forwarded-For: 192.0.2.17\r\n"
                    + "\r\n";

    /// 361 bytes, 9 fields: a call of gRPC, as HTTP/1.1 would write it.
    static final String GRPC_REQUEST =
            "POST /orders.v1.Orders/Get HTTP/1.1\r\n"
                    + "Host: orders:8080\r\n"
                    + "Content-Type: application/grpc\r\n"
                    + "TE: trailers\r\n"
                    + "User-Agent: grpc-java-netty/1.80.0\r\n"
                    + "Grpc-Accept-Encoding: gzip\r\n"
                    + "Grpc-Timeout: 00000000u\r\n"
                    + "traceparent: 00-4bf92f3577b34da6a3ce929d00000000-00f067aa0ba902b7-01\r\n"
                    + "X-Request-Id: 2f1c8a7e-93b1-4a3e-8f5d-00000000\r\n"
                    + "Transfer-Encoding: chunked\r\n"
                    + "\r\n";

    static final String RESPONSE =
            "HTTP/1.1 200 OK\r\n"
                    + "Content-Type: application/json; charset=utf-8\r\n"
                    + "Content-Length: 1524\r\n"
                    + "Date: Mon, 23 Nov 2026 09:00:00 GMT\r\n"
                    + "Server: gunicorn\r\n"
                    + "ETag: W/\"5f4-1a2b3c\"\r\n"
                    + "Connection: keep-alive\r\n"
                    + "\r\n";

    private Messages() {}

    static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer buf = ByteBuffer.allocateDirect(16 * 1024).order(ByteOrder.nativeOrder());
        buf.put(0, bytes);
        return buf;
    }
}
