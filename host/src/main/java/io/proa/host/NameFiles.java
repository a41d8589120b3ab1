package io.proa.host;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The files of one pod that stand over /etc/hosts and /etc/resolv.conf in it.
///
/// @param directory the pod's
/// @param spec whose name and addresses come first
/// @param ipv6 whether the kernel speaks it
record NameFiles(Path directory, PodSpec spec, boolean ipv6) {
    Path hosts() {
        return directory.resolve("hosts");
    }

    Path resolvConf() {
        return directory.resolve("resolv.conf");
    }

    /// Writes the hosts file, in place where there is one: it is mounted in the pod, where another
    /// file of that name would not be seen. Whoever reads meanwhile sees old or new lines, or empty
    /// ones.
    void writeHosts(Map<String, List<InetAddress>> names) throws IOException {
        write(hosts(), hostsText(names));
    }

    void writeResolvConf(String text) throws IOException {
        write(resolvConf(), text);
    }

    void delete() throws IOException {
        Files.deleteIfExists(hosts());
        Files.deleteIfExists(resolvConf());
    }

    private static void write(Path file, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            byte[] covering = Arrays.copyOf(bytes, (int) Math.max(bytes.length, channel.size()));
            Arrays.fill(covering, bytes.length, covering.length, (byte) '\n');
            ByteBuffer rest = ByteBuffer.wrap(covering);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.truncate(bytes.length);
        }
        // Whatever the umask: every user of the pod resolves names.
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    String hostsText(Map<String, List<InetAddress>> names) {
        StringBuilder text = new StringBuilder("127.0.0.1\tlocalhost\n");
        if (ipv6) {
            text.append("::1\tlocalhost ip6-localhost ip6-loopback\n");
        }
        // A program that asks for its own name must not have to ask a name server.
        line(text, spec.ipv4(), spec.name());
        line(text, spec.ipv6(), spec.name());
        for (Map.Entry<String, List<InetAddress>> entry : new TreeMap<>(names).entrySet()) {
            for (InetAddress address : entry.getValue()) {
                line(text, address, entry.getKey());
            }
        }
        return text.toString();
    }

    private void line(StringBuilder text, InetAddress address, String name) {
        if (ipv6 || address.getAddress().length == 4) {
            text.append(Cidr.literal(address)).append('\t').append(name).append('\n');
        }
    }
}
