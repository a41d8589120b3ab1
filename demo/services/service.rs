// A demo service in Rust's standard library. No retry, no TLS, no metrics, no timeout: that is the sidecar's work.
//
// Settings: NAME, PORT, UPSTREAMS (URLs), FANOUT, PROPAGATE, PAGE and, to misbehave on purpose, FAIL_PERCENT,
// FAIL_STATUS, STALL_PERCENT, STALL_MS, SEED. All services of this folder behave the same; see README.md.
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, thread, time::Duration};

const TRACE_HEADERS: [&str; 4] = ["x-request-id", "traceparent", "tracestate", "baggage"];
static REQUESTS: AtomicU32 = AtomicU32::new(0);

fn text(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

fn setting(name: &str, otherwise: u32) -> u32 {
    text(name).parse().unwrap_or(otherwise)
}

/// 0 to 99, the same in every language for the n-th request (the 32-bit finalizer of MurmurHash3).
fn dice(n: u32) -> u32 {
    let mut x = setting("SEED", 1).wrapping_add(n).wrapping_mul(0x9E3779B9);
    x = (x ^ x >> 16).wrapping_mul(0x85EBCA6B);
    x = (x ^ x >> 13).wrapping_mul(0xC2B2AE35);
    ((x ^ x >> 16) as u64 * 100 >> 32) as u32
}

/// Status and body of a GET; Rust's library has sockets but no HTTP client, so the few lines are here.
fn get(url: &str, headers: &str) -> Option<(u32, String)> {
    let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
    let address = if host.contains(':') { host.to_string() } else { format!("{host}:80") };
    let mut stream = TcpStream::connect(address).ok()?;
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_string()))
}

/// The upstream's body where it answers 200, else what went wrong (0: no answer at all).
fn call(url: &str, headers: &str) -> (bool, String) {
    match get(url, headers) {
        Some((200, body)) => (true, body),
        other => (false, format!("{{\"url\":\"{url}\",\"status\":{}}}", other.map_or(0, |(status, _)| status))),
    }
}

fn answer(path: &str, headers: &HashMap<String, String>) -> (u32, &'static str, String) {
    let (name, json) = (text("NAME"), "application/json");
    if path == "/healthz" {
        return (200, json, format!("{{\"name\":\"{name}\",\"ok\":true}}"));
    }
    if !text("PAGE").is_empty() && headers.get("accept").is_some_and(|accept| accept.contains("text/html")) {
        return (200, "text/html; charset=utf-8", fs::read_to_string(text("PAGE")).unwrap_or_default());
    }
    let me = format!("{{\"name\":\"{name}\",\"language\":\"rust\"");
    let luck = dice(REQUESTS.fetch_add(1, Ordering::Relaxed) + 1);
    if luck < setting("FAIL_PERCENT", 0) {
        return (setting("FAIL_STATUS", 503), json, format!("{me},\"error\":\"fails on purpose\"}}"));
    }
    if luck < setting("FAIL_PERCENT", 0) + setting("STALL_PERCENT", 0) {
        thread::sleep(Duration::from_millis(setting("STALL_MS", 1000).into()));
    }
    let mut out = String::new();
    for name in TRACE_HEADERS.iter().filter(|_| setting("PROPAGATE", 0) == 1) {
        if let Some(value) = headers.get(*name) {
            out += &format!("{name}: {value}\r\n");
        }
    }
    let upstreams = text("UPSTREAMS");
    let answers: Vec<(bool, String)> = if setting("FANOUT", 0) == 1 {
        thread::scope(|scope| {
            let calls: Vec<_> = upstreams.split_whitespace().map(|url| scope.spawn(|| call(url, &out))).collect();
            calls.into_iter().map(|one| one.join().expect("a call never panics")).collect()
        })
    } else {
        upstreams.split_whitespace().map(|url| call(url, &out)).collect()
    };
    let status = if answers.iter().all(|(ok, _)| *ok) { 200 } else { 502 };
    let nested: Vec<String> = answers.into_iter().map(|(_, body)| body).collect();
    (status, json, format!("{me},\"upstreams\":[{}]}}", nested.join(",")))
}

fn serve(stream: TcpStream) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let (mut start, mut line, mut headers) = (String::new(), String::new(), HashMap::new());
        if reader.read_line(&mut start)? == 0 {
            return Ok(());
        }
        while reader.read_line(&mut line)? > 2 {
            if let Some((name, value)) = line.split_once(':') {
                headers.insert(name.to_lowercase(), value.trim().to_string());
            }
            line.clear();
        }
        let (status, kind, body) = answer(start.split(' ').nth(1).unwrap_or("/"), &headers);
        let meaning = match status { 200 => "OK", 502 => "Bad Gateway", 503 => "Service Unavailable", _ => "Status" };
        let length = body.len();
        let head = format!("HTTP/1.1 {status} {meaning}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
        writer.write_all((head + &body).as_bytes())?;
        if headers.get("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            return Ok(());
        }
    }
}

fn main() -> Result<()> {
    let port = setting("PORT", 8080) as u16;
    let listener = TcpListener::bind(("::", port)).or_else(|_| TcpListener::bind(("0.0.0.0", port)))?;
    for stream in listener.incoming().flatten() {
        thread::spawn(|| serve(stream));
    }
    Ok(())
}
