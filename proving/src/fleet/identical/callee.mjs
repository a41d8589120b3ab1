// A callee in Node's standard library: node:http, which lets its socket be broken. See faults.txt.
import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";

const raw = {}, cases = {}, attempts = {};
for (const line of readFileSync("faults.txt", "utf8").split("\n")) {
  const [kind, name, ...rest] = line.split(" ");
  if (kind === "raw") raw[name] = [rest[0], rest.slice(1).join(" ").replaceAll("\\r\\n", "\r\n")];
  if (kind === "case") cases[name] = rest;
}

function fnv(data) {
  let x = 0x811c9dc5;
  for (const b of data) x = Math.imul(x ^ b, 0x01000193);
  return (x >>> 0).toString(16).padStart(8, "0");
}

function dice(n) {
  let x = Math.imul(n, 0x9e3779b9);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return cases.dice[Math.floor((((x ^ (x >>> 16)) >>> 0) * cases.dice.length) / 2 ** 32)];
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function act(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  const [, , name, seed, number] = request.url.split("/");
  const n = (attempts[request.url] = (attempts[request.url] ?? 0) + 1);
  appendFileSync(process.env.LOG, `${name} ${number} ${request.method} ${body.length} ${fnv(body)}\n`);
  let step = cases[name][Math.min(n, cases[name].length) - 1];
  if (step === "dice") step = dice(Number(seed) * 1000 + Number(number) * 10 + n);
  const socket = request.socket;
  if (raw[step]) {
    if (raw[step][1]) socket.write(raw[step][1]);
    await sleep(50);
    return raw[step][0] === "reset" ? socket.resetAndDestroy() : socket.end();
  }
  if (step === "stall") await sleep(1400);
  if (step === "slow") {
    for (let i = 0; i < 5; i++) {
      response.write("slow");
      await sleep(80);
    }
    return response.end();
  }
  const status = Number(step) || 200;
  let text = status === 200 ? `${request.method} ${body.length} ${fnv(body)}\n` : `${step}\n`;
  if (step === "big") text = "abcdefghijklmnop".repeat(65536);
  response.statusCode = status;
  if (status !== 204) response.setHeader("Content-Length", text.length);
  if (step === "bye") response.setHeader("Connection", "close");
  response.end(status === 204 ? undefined : text);
  if (step === "drop") socket.end();
}

const server = createServer((request, response) => act(request, response).catch(() => {}));
server.keepAliveTimeout = 600_000; // as long as the others'
server.listen(Number(process.env.PORT));
