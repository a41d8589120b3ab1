// A caller in Node's standard library: reads calls, makes them one after the other, says what came back.
import { createReadStream, createWriteStream } from "node:fs";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

createServer().listen(Number(process.env.PORT));
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function fnv(data) {
  let x = 0x811c9dc5;
  for (const b of data) x = Math.imul(x ^ b, 0x01000193);
  return (x >>> 0).toString(16).padStart(8, "0");
}

function call(method, url, size, how) {
  return new Promise((done) => {
    const body = size === "-" ? undefined : Buffer.from(Array.from({ length: Number(size) }, (_, i) => 97 + (i % 26)));
    const headers = how === "expect" ? { Expect: "100-continue" } : {};
    if (body && how !== "chunked") headers["Content-Length"] = body.length;
    let start = "";
    const failed = (error) => done(`${start ? `${start} broken` : "0 - none"} # ${error.message}`);
    const asked = request(url, { method, headers, agent, timeout: 10_000 }, async (response) => {
      start = `${response.statusCode} ${response.headers["x-proa-reason"] ?? "-"}`;
      const parts = [];
      try {
        for await (const part of response) parts.push(part);
        const data = Buffer.concat(parts);
        done(`${start} ${data.length}:${fnv(data)}`);
      } catch (error) {
        failed(error);
      }
    });
    asked.on("timeout", () => asked.destroy(new Error("timeout")));
    asked.on("error", failed);
    if (how === "expect") {
      asked.on("continue", () => asked.end(body));
      asked.flushHeaders();
    } else {
      if (body) asked.write(body);
      asked.end();
    }
  });
}

const results = createWriteStream(process.env.RESULTS);
for await (const line of createInterface(createReadStream(process.env.CALLS))) {
  results.write((await call(...line.split(" "))) + "\n");
}
