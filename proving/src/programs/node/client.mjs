import http from 'node:http';
import crypto from 'node:crypto';

const place = { host: process.env.SERVER, port: Number(process.env.PORT) };
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const shown = (response) =>
  JSON.stringify(response.rawHeaders.filter((_, i, all) => !/^(date|connection|keep-alive)$/i.test(all[i - (i % 2)])));

const ask = (options, body) =>
  new Promise((resolve, reject) => {
    const request = http.request({ ...place, agent, ...options }, (response) => {
      const hash = crypto.createHash('sha256');
      let length = 0;
      response.on('data', (data) => {
        hash.update(data);
        length += data.length;
      });
      response.on('end', () =>
        resolve(`${response.statusCode} ${length} ${hash.digest('hex').slice(0, 16)} ${shown(response)}`),
      );
    });
    request.on('information', (info) => console.log('information', info.statusCode, JSON.stringify(info.rawHeaders)));
    request.on('error', reject);
    request.end(body);
  });

console.log('stream', await ask({ path: '/stream' }));
console.log('hints', await ask({ path: '/hints' }));
console.log('echo', await ask({ path: '/', method: 'PUT' }, 'x'.repeat(3_000_000)));
const many = await Promise.all(Array.from({ length: 100 }, (_, i) => ask({ path: '/', method: 'POST', agent: undefined }, `body ${i}`)));
console.log('many', new Set(many.map((line) => line.split(' ')[0])).size, many.length);

await new Promise((resolve, reject) => {
  const request = http.request({
    ...place,
    headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': 13, 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' },
  });
  request.on('error', reject);
  request.on('upgrade', (response, socket) => {
    console.log('upgrade', response.statusCode, shown(response));
    let got = Buffer.alloc(0);
    const words = Array.from({ length: 50 }, (_, i) => `message ${i}`);
    socket.on('data', (data) => {
      got = Buffer.concat([got, data]);
      const texts = [];
      for (let at = 0; at + 1 < got.length && at + 2 + got[at + 1] <= got.length; at += 2 + got[at + 1]) {
        texts.push(got.subarray(at + 2, at + 2 + got[at + 1]).toString());
      }
      if (texts.length === words.length) {
        console.log('messages', texts.join() === words.join());
        socket.end();
      }
    });
    socket.on('end', () => {
      console.log('ended');
      resolve();
    });
    for (const word of words) {
      const text = Buffer.from(word);
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
    }
  });
  request.end();
});
agent.destroy();
