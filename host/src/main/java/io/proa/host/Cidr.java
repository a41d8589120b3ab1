package io.proa.host;

import io.proa.model.IpPort;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// A block of addresses, or an address within its block: `10.87.0.0/16`, `fd50:a0a::1/64`.
///
/// @param prefix leading bits that name the block: 0 to 32 or 0 to 128
public record Cidr(InetAddress address, int prefix) {
    public Cidr {
        int bits = address.getAddress().length * 8;
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException(
                    "prefix /" + prefix + ": expected 0 to " + bits + " for " + literal(address));
        }
    }

    /// Parses `ADDRESS/PREFIX` or `ADDRESS`, which stands for itself alone.
    ///
    /// @throws IllegalArgumentException naming what was seen and what was expected
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = IpPort.literal(slash < 0 ? text : text.substring(0, slash));
        if (slash < 0) {
            return only(address);
        }
        try {
            return new Cidr(address, Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("'" + text + "': expected ADDRESS/PREFIX");
        }
    }

    /// The block of this address alone.
    static Cidr only(InetAddress address) {
        return new Cidr(address, address.getAddress().length * 8);
    }

    public boolean isV4() {
        return address instanceof Inet4Address;
    }

    /// The block's first address: all bits beyond the prefix are zero.
    public Cidr block() {
        return new Cidr(host(0), prefix);
    }

    /// The address that is `number` after the block's first.
    ///
    /// @throws IllegalArgumentException where the block is too small for it
    public InetAddress host(int number) {
        byte[] bytes = address.getAddress();
        byte[] mask = mask();
        int hostBits = bytes.length * 8 - prefix;
        if (number < 0 || (hostBits < 31 && number >= 1 << hostBits)) {
            throw new IllegalArgumentException(this + " has no address number " + number);
        }
        int rest = number;
        for (int i = bytes.length - 1; i >= 0; i--) {
            bytes[i] = (byte) ((bytes[i] & mask[i]) | (rest & 0xff));
            rest >>>= 8;
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("4 and 16 bytes are always an address", impossible);
        }
    }

    /// Whether the address, of whatever family, is one of the block's.
    public boolean contains(InetAddress other) {
        byte[] bytes = other.getAddress();
        byte[] own = address.getAddress();
        if (bytes.length != own.length) {
            return false;
        }
        byte[] mask = mask();
        for (int i = 0; i < bytes.length; i++) {
            if (((bytes[i] ^ own[i]) & mask[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    byte[] mask() {
        byte[] mask = new byte[address.getAddress().length];
        for (int bit = 0; bit < prefix; bit++) {
            mask[bit / 8] |= (byte) (0x80 >> (bit % 8));
        }
        return mask;
    }

    /// IPv6 in its short form (RFC 5952, section 4), as tools print it.
    static String literal(InetAddress address) {
        String text = address.getHostAddress();
        if (text.indexOf(':') < 0) {
            return text;
        }
        String[] groups = text.split(":");
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < groups.length; i++) {
            int j = i;
            while (j < groups.length && groups[j].equals("0")) {
                j++;
            }
            if (j - i > bestLength) {
                best = i;
                bestLength = j - i;
            }
        }
        if (best < 0) {
            return text;
        }
        String head = String.join(":", Arrays.copyOfRange(groups, 0, best));
        String tail =
                String.join(":", Arrays.copyOfRange(groups, best + bestLength, groups.length));
        return head + "::" + tail;
    }

    @Override
    public String toString() {
        return literal(address) + "/" + prefix;
    }
}
