// A demo service in Node's standard library. No retry, no TLS, no metrics, no timeout: that is the sidecar's work.
//
// Settings: NAME, PORT, UPSTREAMS (URLs), FANOUT, PROPAGATE, PAGE and, to misbehave on purpose, FAIL_PERCENT,
// FAIL_STATUS, STALL_PERCENT, STALL_MS, SEED. All services of this folder behave the same; see README.md.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const setting = (name, otherwise) => Number(process.env[name] || otherwise);

const NAME = process.env.NAME || "node";
const UPSTREAMS = (process.env.UPSTREAMS || "").split(" ").filter(Boolean);
const FANOUT = setting("FANOUT", 0);
const PROPAGATE = setting("PROPAGATE", 0);
const PAGE = process.env.PAGE;
const FAIL_PERCENT = setting("FAIL_PERCENT", 0);
const FAIL_STATUS = setting("FAIL_STATUS", 503);
const STALL_PERCENT = setting("STALL_PERCENT", 0);
const STALL_MS = setting("STALL_MS", 1000);
const SEED = setting("SEED", 1);
const TRACE_HEADERS = ["x-request-id", "traceparent", "tracestate", "baggage"];
let requests = 0;

// 0 to 99, the same in every language for the n-th request (the 32-bit finalizer of MurmurHash3).
function dice(n) {
  let x = Math.imul(SEED + n, 0x9e3779b9);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return Math.floor((((x ^ (x >>> 16)) >>> 0) * 100) / 2 ** 32);
}

// The upstream's body where it answers 200, else what went wrong.
async function call(url, headers) {
  try {
    const response = await fetch(url, { headers });
    const body = await response.text();
    return response.status === 200 ? { ok: true, body: JSON.parse(body) } : { ok: false, body: { url, status: response.status } };
  } catch {
    return { ok: false, body: { url, status: 0 } };
  }
}

function answer(response, status, body) {
  send(response, status, "application/json", JSON.stringify(body));
}

function send(response, status, type, body) {
  response.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

const server = createServer(async (request, response) => {
  if (request.url === "/healthz") {
    return answer(response, 200, { name: NAME, ok: true });
  }
  if (PAGE && (request.headers.accept || "").includes("text/html")) {
    return send(response, 200, "text/html; charset=utf-8", await readFile(PAGE));
  }
  const luck = dice(++requests);
  if (luck < FAIL_PERCENT) {
    return answer(response, FAIL_STATUS, { name: NAME, language: "node", error: "fails on purpose" });
  }
  if (luck < FAIL_PERCENT + STALL_PERCENT) {
    await sleep(STALL_MS);
  }
  const headers = {};
  for (const name of PROPAGATE ? TRACE_HEADERS : []) {
    if (request.headers[name]) headers[name] = request.headers[name];
  }
  const answers = [];
  if (FANOUT) {
    answers.push(...(await Promise.all(UPSTREAMS.map((url) => call(url, headers)))));
  } else {
    for (const url of UPSTREAMS) answers.push(await call(url, headers));
  }
  const status = answers.every((one) => one.ok) ? 200 : 502;
  answer(response, status, { name: NAME, language: "node", upstreams: answers.map((one) => one.body) });
});

server.listen(setting("PORT", 8080));
