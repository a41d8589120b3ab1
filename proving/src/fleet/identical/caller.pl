# A caller in Perl's core modules: on sockets, since HTTP::Tiny does not tell an answer that breaks off from none.
use strict;
use warnings;
use IO::Socket::IP;

my $keep = IO::Socket::IP->new(LocalHost => '::', LocalPort => $ENV{PORT}, Listen => 8, V6Only => 0) or die $@;
my %connections;
$SIG{PIPE} = 'IGNORE';

sub fnv {
    my $x = 0x811C9DC5;
    $x = ($x ^ $_) * 0x01000193 & 0xFFFFFFFF for unpack 'C*', shift;
    return sprintf '%08x', $x;
}

sub head {
    my ($in) = @_;
    my ($status) = (<$in> // '') =~ m{^HTTP/1.1 (\d{3})} or die "no answer\n";
    my %fields;
    while ((my $line = <$in> // die "no answer\n") ne "\r\n") {
        $fields{ lc $1 } = $2 if $line =~ /^([^:]+): *(.*?)\s*$/;
    }
    return $status == 100 ? head($in) : ($status, %fields);
}

sub bytes {
    my ($in, $size) = @_;
    my $got = read $in, my $data, $size;
    die "ended early\n" if ($got // -1) != $size;
    return $data;
}

sub call {
    my ($method, $url, $size, $how) = @_;
    my ($host, $port, $path) = $url =~ m{^http://(.*):(\d+)(/.*)$};
    my $at = "$host:$port";
    my $start = '0 -';
    my $answer = eval {
        my $in = $connections{$at} //= IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Timeout => 10) // die "$@\n";
        $in->autoflush(1);
        my $request = "$method $path HTTP/1.1\r\nHost: $at\r\n";
        $request .= "Expect: 100-continue\r\n" if $how eq 'expect';
        my $body = $size eq '-' ? '' : join '', map { chr 97 + $_ % 26 } 0 .. $size - 1;
        $request .= $how eq 'chunked' ? "Transfer-Encoding: chunked\r\n" : "Content-Length: $size\r\n" if $size ne '-';
        $body = sprintf("%x\r\n%s\r\n0\r\n\r\n", length $body, $body) if $how eq 'chunked';
        print $in "$request\r\n$body";
        my ($status, %fields) = head($in);
        $start = "$status " . ($fields{'x-proa-reason'} // '-');
        my $data = '';
        if ($method ne 'HEAD' and $status != 204 and $fields{'transfer-encoding'}) {
            while (my $more = hex((<$in> // die "ended early\n") =~ s/\s//gr)) {
                $data .= bytes($in, $more);
                bytes($in, 2);
            }
            bytes($in, 2);
        } elsif ($method ne 'HEAD' and $status != 204) {
            $data = bytes($in, $fields{'content-length'});
        }
        delete $connections{$at} if ($fields{connection} // '') eq 'close';
        "$start " . length($data) . ':' . fnv($data);
    };
    return $answer if defined $answer;
    delete $connections{$at};
    return $start . ($start eq '0 -' ? ' none' : ' broken') . ' # ' . $@ =~ s/\n//gr;
}

open my $calls, '<', $ENV{CALLS} or die;
open my $results, '>', $ENV{RESULTS} or die;
$results->autoflush(1);
while (my $line = <$calls>) {
    print $results call(split ' ', $line), "\n";
}
