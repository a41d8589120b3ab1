package io.proa.host.egress;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Questions and answers as a resolver library and a name server write them.
public final class DnsSamples {
    private DnsSamples() {}

    /// @param type 1 = A, 28 = AAAA
    public static byte[] query(int id, String name, int type) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {(byte) (id >> 8), (byte) id, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : name.split("\\.", -1)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        bytes.writeBytes(new byte[] {0, 0, (byte) type, 0, 1});
        return bytes.toByteArray();
    }

    /// @param address none = an answer without records
    public static byte[] answer(byte[] query, int... address) {
        int end = DnsMessage.HEADER;
        while (query[end] != 0) {
            end += 1 + query[end];
        }
        end += 5;
        byte[] answer = Arrays.copyOf(query, end + (address.length == 0 ? 0 : 12 + address.length));
        answer[2] = (byte) 0x84; // an authoritative answer
        answer[3] = 0;
        Arrays.fill(answer, 6, DnsMessage.HEADER, (byte) 0);
        if (address.length > 0) {
            answer[7] = 1;
            byte[] record = {
                (byte) 0xc0, 12, 0, query[end - 3], 0, 1, 0, 0, 0, 1, 0, (byte) address.length
            };
            System.arraycopy(record, 0, answer, end, record.length);
            for (int i = 0; i < address.length; i++) {
                answer[end + record.length + i] = (byte) address[i];
            }
        }
        return answer;
    }

    /// Whether addresses of that family are asked for.
    public static boolean isForIpv6(byte[] query) {
        int end = DnsMessage.HEADER;
        while (query[end] != 0) {
            end += 1 + query[end];
        }
        return query[end + 2] == 28;
    }

    /// The name that is asked for.
    public static String name(byte[] query) {
        StringBuilder name = new StringBuilder();
        int at = DnsMessage.HEADER;
        while (query[at] != 0) {
            name.append(name.isEmpty() ? "" : ".");
            name.append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
            at += 1 + query[at];
        }
        return name.toString();
    }
}
