# A callee in Perl's core modules: on sockets, a process for each connection. See faults.txt.
use strict;
use warnings;
use Fcntl qw(:flock);
use IO::Socket::IP;
use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(sleep);

my (%raw, %cases);
open my $faults, '<', 'faults.txt' or die;
while (my $line = <$faults>) {
    chomp $line;
    my @word = split / /, $line, 4;
    next unless @word;
    $raw{ $word[1] } = [ $word[2], ($word[3] // '') =~ s/\\r\\n/\r\n/gr ] if $word[0] eq 'raw';
    $cases{ $word[1] } = [ (split / /, $line)[ 2 .. ($line =~ tr/ //) ] ] if $word[0] eq 'case';
}

sub fnv {
    my $x = 0x811C9DC5;
    $x = ($x ^ $_) * 0x01000193 & 0xFFFFFFFF for unpack 'C*', shift;
    return sprintf '%08x', $x;
}

sub dice {
    use integer;
    my $x = $_[0] * 0x9E3779B9 & 0xFFFFFFFF;
    $x = ($x ^ $x >> 16) * 0x85EBCA6B & 0xFFFFFFFF;
    $x = ($x ^ $x >> 13) * 0xC2B2AE35 & 0xFFFFFFFF;
    return $cases{dice}[ ($x ^ $x >> 16) * @{ $cases{dice} } >> 32 ];
}

# Counts over all processes: by the lines that stand in the log, with the path in a file of its own.
sub attempt {
    my ($path, $line) = @_;
    open my $seen, '+>>', "$ENV{LOG}.paths" or die;
    flock $seen, LOCK_EX;
    seek $seen, 0, 0;
    my $n = 1 + grep { $_ eq "$path\n" } <$seen>;
    print $seen "$path\n";
    open my $log, '>>', $ENV{LOG} or die;
    print $log $line;
    close $log;
    close $seen;
    return $n;
}

sub act {
    my ($in) = @_;
    my $start = <$in> // return 0;
    my ($method, $path) = split / /, $start;
    my ($length, $chunked, $body) = (0, 0, '');
    while ((my $field = lc <$in>) ne "\r\n") {
        $length = $1 if $field =~ /^content-length: *(\d+)/;
        $chunked = 1 if $field =~ /^transfer-encoding:/;
        print $in "HTTP/1.1 100 Continue\r\n\r\n" if $field =~ /^expect:/;
    }
    read $in, $body, $length if $length;
    while ($chunked and my $size = hex <$in> =~ s/\s//gr) {
        read $in, $body, $size, length $body;
        <$in>;
    }
    <$in> if $chunked;
    my (undef, undef, $case, $seed, $number) = split m{/}, $path;
    my $text = "$method " . length($body) . ' ' . fnv($body) . "\n";
    my $n = attempt($path, "$case $number $text");
    my $steps = $cases{$case};
    my $step = $steps->[ ($n < @$steps ? $n : @$steps) - 1 ];
    $step = dice($seed * 1000 + $number * 10 + $n) if $step eq 'dice';
    if (my $fault = $raw{$step}) {
        print $in $fault->[1];
        sleep 0.05;
        setsockopt $in, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0 if $fault->[0] eq 'reset';
        return 0;
    }
    sleep 1.4 if $step eq 'stall';
    if ($step eq 'slow') {
        print $in "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (1 .. 5) { print $in "4\r\nslow\r\n"; sleep 0.08 }
        return print $in "0\r\n\r\n";
    }
    my $status = $step =~ /^\d/ ? $step : 200;
    $text = $step eq 'big' ? 'abcdefghijklmnop' x 65536 : "$step\n" if $status != 200 or $step eq 'big';
    my $head = "HTTP/1.1 $status Said\r\n" . ($step eq 'bye' ? "Connection: close\r\n" : '');
    $head .= 'Content-Length: ' . length($text) . "\r\n" if $status != 204;
    print $in "$head\r\n" . ($method eq 'HEAD' || $status == 204 ? '' : $text);
    return $step ne 'bye' && $step ne 'drop';
}

$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
my $server = IO::Socket::IP->new(LocalHost => '::', LocalPort => $ENV{PORT}, Listen => 128, V6Only => 0) or die $@;
while (1) {
    my $connection = $server->accept or next;
    my $child = fork;
    if (!$child) {
        close $server;
        $connection->autoflush(1);
        1 while act($connection);
        close $connection;
        exit 0;
    }
    close $connection;
}
