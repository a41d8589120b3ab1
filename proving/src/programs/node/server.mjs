// Streams, echoes, pushes events, and speaks WebSocket by hand.
import http from 'node:http';
import crypto from 'node:crypto';

const server = http.createServer((request, response) => {
  if (request.url === '/stream') {
    let n = 0;
    const timer = setInterval(() => {
      response.write(`piece ${n}\n`);
      if (++n === 5) {
        clearInterval(timer);
        response.end();
      }
    }, 60);
  } else if (request.url === '/hints') {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    response.setHeader('Set-Cookie', ['a=b', 'c=d']);
    response.end('hinted');
  } else if (request.url === '/seen') {
    const own = new Set(['x-request-id', 'traceparent', 'baggage', 'connection']);
    const seen = [];
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      if (!own.has(request.rawHeaders[i].toLowerCase())) {
        seen.push(request.rawHeaders[i] + ': ' + request.rawHeaders[i + 1]);
      }
    }
    response.end(seen.join('\n') + '\n');
  } else {
    response.writeHead(200, { 'X-Mixed-Case': request.method });
    request.pipe(response);
  }
});

server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${crypto.createHash('sha1').update(key).digest('base64')}\r\n\r\n`,
  );
  // Whatever comes goes back, frame by frame, unmasked: short frames in one piece are all this client sends.
  socket.on('data', (data) => {
    for (let at = 0; at < data.length; ) {
      const length = data[at + 1] & 127;
      const mask = data.subarray(at + 2, at + 6);
      const text = Buffer.from(data.subarray(at + 6, at + 6 + length).map((b, i) => b ^ mask[i % 4]));
      socket.write(Buffer.concat([Buffer.from([data[at], length]), text]));
      at += 6 + length;
    }
  });
  socket.on('end', () => socket.end());
});
server.listen(Number(process.env.PORT));
