#!/usr/bin/env ruby
# A demo service in Ruby's standard library. No retry, no TLS, no metrics, no timeout: that is the sidecar's work.
#
# Settings: NAME, PORT, UPSTREAMS (URLs), FANOUT, PROPAGATE, PAGE and, to misbehave on purpose, FAIL_PERCENT,
# FAIL_STATUS, STALL_PERCENT, STALL_MS, SEED. All services of this folder behave the same; see README.md.
require "json"
require "net/http"
require "socket"

def setting(name, otherwise) = Integer(ENV.fetch(name, "").then { |s| s.empty? ? otherwise : s })

NAME = ENV.fetch("NAME", "ruby")
UPSTREAMS = ENV.fetch("UPSTREAMS", "").split
FANOUT = setting("FANOUT", 0) == 1
PROPAGATE = setting("PROPAGATE", 0) == 1
PAGE = ENV.fetch("PAGE", "")
FAIL_PERCENT = setting("FAIL_PERCENT", 0)
FAIL_STATUS = setting("FAIL_STATUS", 503)
STALL_PERCENT = setting("STALL_PERCENT", 0)
STALL_MS = setting("STALL_MS", 1000)
SEED = setting("SEED", 1)
TRACE_HEADERS = %w[x-request-id traceparent tracestate baggage]
MEANING = { 200 => "OK", 502 => "Bad Gateway", 503 => "Service Unavailable" }
REQUESTS = Queue.new # holds the number of the next request
REQUESTS << 1

# 0 to 99, the same in every language for the n-th request (the 32-bit finalizer of MurmurHash3).
def dice(n)
  x = (SEED + n) * 0x9E3779B9 & 0xFFFFFFFF
  x = (x ^ x >> 16) * 0x85EBCA6B & 0xFFFFFFFF
  x = (x ^ x >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
  (x ^ x >> 16) * 100 >> 32
end

# The body where the upstream answers 200, else what went wrong (0: no answer at all).
def call(url, headers)
  response = Net::HTTP.get_response(URI(url), headers)
  return [200, JSON.parse(response.body)] if response.code == "200"
  [response.code.to_i, { url: url, status: response.code.to_i }]
rescue SystemCallError, IOError, Timeout::Error, SocketError
  [0, { url: url, status: 0 }]
end

def answer(path, headers)
  return [200, "application/json", { name: NAME, ok: true }.to_json] if path == "/healthz"
  return [200, "text/html; charset=utf-8", File.read(PAGE)] if !PAGE.empty? && headers["accept"].to_s.include?("text/html")
  n = REQUESTS.pop.tap { |number| REQUESTS << number + 1 }
  luck = dice(n)
  return [FAIL_STATUS, "application/json", { name: NAME, language: "ruby", error: "fails on purpose" }.to_json] if luck < FAIL_PERCENT
  sleep(STALL_MS / 1000.0) if luck < FAIL_PERCENT + STALL_PERCENT
  out = PROPAGATE ? headers.slice(*TRACE_HEADERS) : {}
  calls = UPSTREAMS.map { |url| FANOUT ? Thread.new { call(url, out) } : call(url, out) }
  answers = calls.map { |one| one.is_a?(Thread) ? one.value : one }
  status = answers.all? { |code, _| code == 200 } ? 200 : 502
  [status, "application/json", { name: NAME, language: "ruby", upstreams: answers.map(&:last) }.to_json]
end

def serve(connection)
  while (line = connection.gets("\r\n"))
    _, path = line.split
    headers = {}
    while (line = connection.gets("\r\n")&.chomp) && !line.empty?
      name, value = line.split(":", 2)
      headers[name.downcase] = value.strip
    end
    status, type, body = answer(path, headers)
    connection.write("HTTP/1.1 #{status} #{MEANING.fetch(status, "Status")}\r\nContent-Type: #{type}\r\n" \
                     "Content-Length: #{body.bytesize}\r\n\r\n#{body}")
    break if headers["connection"].to_s.downcase == "close"
  end
rescue SystemCallError, IOError
  # the caller went away
ensure
  connection.close
end

server = TCPServer.new("::", setting("PORT", 8080)) rescue TCPServer.new("0.0.0.0", setting("PORT", 8080))
server.listen(128)
loop { Thread.new(server.accept) { |connection| serve(connection) } }
