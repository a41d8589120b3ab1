#!/usr/bin/env perl
# A demo service in Perl's core modules. No retry, no TLS, no metrics, no timeout: that is the sidecar's work.
#
# Settings: NAME, PORT, UPSTREAMS (URLs), PROPAGATE, PAGE and, to misbehave on purpose, FAIL_PERCENT, FAIL_STATUS,
# STALL_PERCENT, STALL_MS, SEED. All services of this folder behave the same (FANOUT: in order here); see README.md.
use strict;
use warnings;
use Fcntl qw(:flock :seek);
use HTTP::Tiny;
use IO::Socket::IP;

sub setting { my ($name, $otherwise) = @_; return length($ENV{$name} // '') ? $ENV{$name} : $otherwise }

my $NAME = setting('NAME', 'perl');
my @UPSTREAMS = split ' ', setting('UPSTREAMS', '');
my $PROPAGATE = setting('PROPAGATE', 0);
my $PAGE = setting('PAGE', '');
my ($FAIL_PERCENT, $FAIL_STATUS) = (setting('FAIL_PERCENT', 0), setting('FAIL_STATUS', 503));
my ($STALL_PERCENT, $STALL_MS) = (setting('STALL_PERCENT', 0), setting('STALL_MS', 1000));
my $SEED = setting('SEED', 1);
my @TRACE_HEADERS = qw(x-request-id traceparent tracestate baggage);
my %MEANING = (200 => 'OK', 502 => 'Bad Gateway', 503 => 'Service Unavailable');
open(my $counter, '+>', undef) or die "counter: $!";    # an unnamed file, shared by the process of each connection

# 0 to 99, the same in every language for the n-th request (the 32-bit finalizer of MurmurHash3).
sub dice {
    my $x = ($SEED + shift) * 0x9E3779B9 & 0xFFFFFFFF;
    $x = ($x ^ $x >> 16) * 0x85EBCA6B & 0xFFFFFFFF;
    $x = ($x ^ $x >> 13) * 0xC2B2AE35 & 0xFFFFFFFF;
    return ($x ^ $x >> 16) * 100 >> 32;
}

sub next_request {
    open(my $lock, '<', "/proc/self/fd/" . fileno($counter)) or die "counter: $!";
    flock($lock, LOCK_EX);
    sysseek($counter, 0, SEEK_SET);
    sysread($counter, my $n, 20);
    $n = ($n || 0) + 1;
    sysseek($counter, 0, SEEK_SET);
    syswrite($counter, $n);
    return $n;
}

# The body where the upstream answers 200, else what went wrong (0: no answer at all).
sub call {
    my ($client, $url, $headers) = @_;
    my $response = $client->get($url, { headers => $headers });
    return (200, $response->{content}) if $response->{status} == 200;
    my $status = $response->{status} == 599 ? 0 : $response->{status};
    return ($status, qq({"url":"$url","status":$status}));
}

sub answer {
    my ($client, $path, $in) = @_;
    return (200, 'application/json', qq({"name":"$NAME","ok":true})) if $path eq '/healthz';
    if ($PAGE && ($in->{accept} // '') =~ m{text/html}) {
        open(my $page, '<:raw', $PAGE) or die "$PAGE: $!";
        local $/;
        return (200, 'text/html; charset=utf-8', scalar <$page>);
    }
    my $me = qq({"name":"$NAME","language":"perl");
    my $luck = dice(next_request());
    return ($FAIL_STATUS, 'application/json', qq($me,"error":"fails on purpose"})) if $luck < $FAIL_PERCENT;
    select(undef, undef, undef, $STALL_MS / 1000) if $luck >= $FAIL_PERCENT && $luck < $FAIL_PERCENT + $STALL_PERCENT;
    my %out = map { $PROPAGATE && defined $in->{$_} ? ($_ => $in->{$_}) : () } @TRACE_HEADERS;
    my ($worst, @nested) = (200);
    for my $url (@UPSTREAMS) {
        my ($status, $body) = call($client, $url, \%out);
        push @nested, $body;
        $worst = 502 if $status != 200;
    }
    return ($worst, 'application/json', qq($me,"upstreams":[) . join(',', @nested) . ']}');
}

sub serve {
    my ($connection) = @_;
    my $client = HTTP::Tiny->new;
    while (defined(my $line = <$connection>)) {
        my (undef, $path) = split ' ', $line;
        my %in;
        while (defined($line = <$connection>) && $line =~ /^([^:]+):\s*(.*?)\r?\n/) { $in{ lc $1 } = $2 }
        my ($status, $type, $body) = answer($client, $path, \%in);
        my $meaning = $MEANING{$status} // 'Status';
        print $connection "HTTP/1.1 $status $meaning\r\nContent-Type: $type\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
        last if lc($in{connection} // '') eq 'close';
    }
}

$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::IP->new(LocalHost => '::', V6Only => 0, LocalPort => setting('PORT', 8080), Listen => 128, ReuseAddr => 1)
    // IO::Socket::IP->new(LocalPort => setting('PORT', 8080), Listen => 128, ReuseAddr => 1) // die "listen: $@";
while (1) {
    my $connection = $server->accept or next;
    next if fork;
    close $server;
    serve($connection);
    exit 0;
}
