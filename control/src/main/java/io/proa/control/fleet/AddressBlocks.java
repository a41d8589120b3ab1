package io.proa.control.fleet;

import io.proa.model.IpPort;
import io.proa.model.MeshBlocks;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// The address blocks of a fleet on one machine.
///
/// @param pods4 such as 10.87.0.0/16; its first address is the bridge's
/// @param pods6 likewise
/// @param services4 virtual addresses; nothing listens there, connections to them are redirected
/// @param services6 likewise
public record AddressBlocks(Block pods4, Block pods6, Block services4, Block services6)
        implements FleetAddresses {
    public static final AddressBlocks DEFAULT =
            new AddressBlocks(
                    Block.parse(MeshBlocks.PODS_4),
                    Block.parse(MeshBlocks.PODS_6),
                    Block.parse(MeshBlocks.SERVICES_4),
                    Block.parse(MeshBlocks.SERVICES_6));

    @Override
    public PodAddress.Network pod(int index) {
        return new PodAddress.Network(pods4.host(index + 2), pods6.host(index + 2));
    }

    @Override
    public List<InetAddress> service(int index) {
        return List.of(services4.host(index + 1), services6.host(index + 1));
    }

    /// In each block neither the first address nor the last, by which IPv4 means the network and
    /// all of it, and the bridge has one.
    @Override
    public int capacity() {
        int pods = Math.min(pods4.hosts(), pods6.hosts());
        int services = Math.min(services4.hosts(), services6.hosts());
        return Math.min(pods, services) - 3;
    }

    @Override
    public boolean isUsable(int index) {
        return true; // they are the fleet's own
    }

    /// @param prefix leading bits that are the same for all
    public record Block(InetAddress base, int prefix) {
        public Block {
            int bits = base.getAddress().length * 8;
            if (prefix < 8 || prefix > bits - 4) {
                throw new IllegalArgumentException(
                        "prefix /" + prefix + ": expected /8 to /" + (bits - 4));
            }
        }

        /// Parses `10.87.0.0/16`.
        public static Block parse(String text) {
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw new IllegalArgumentException("'" + text + "': expected ADDRESS/PREFIX");
            }
            return new Block(
                    IpPort.literal(text.substring(0, slash)),
                    Integer.parseInt(text.substring(slash + 1)));
        }

        InetAddress host(int number) {
            byte[] bytes = base.getAddress();
            BigInteger sum = new BigInteger(1, bytes).add(BigInteger.valueOf(number));
            byte[] digits = sum.toByteArray();
            var address = new byte[bytes.length];
            int length = Math.min(digits.length, address.length);
            System.arraycopy(
                    digits, digits.length - length, address, address.length - length, length);
            try {
                return InetAddress.getByAddress(address);
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }

        int hosts() {
            return 1 << Math.min(base.getAddress().length * 8 - prefix, 20);
        }
    }
}
