/**
 * A peer killed in mid-conversation: on a message it answers everything asked so far, stops reading, and dies by `kill
 * -9`, so that its kernel resets the connection. Key and certificate come in the environment.
 */
import http2, { type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

const { KEY: key = '', CERTIFICATE: cert = '' } = process.env;
const asked: ServerHttp2Stream[] = [];
let session: ServerHttp2Session | undefined;

const server = http2.createSecureServer({ key, cert });
server.on('session', (begun) => {
  session = begun;
});
server.on('stream', (stream) => {
  stream.resume();
  asked.push(stream);
});
process.on('message', () => {
  for (const stream of asked) {
    stream.respond({ ':status': 200 });
    stream.end(JSON.stringify('x'.repeat(3_000)));
  }
  session?.ping(() => {});
  setImmediate(() => {
    const since = performance.now();
    while (performance.now() - since < 15);
    process.kill(process.pid, 'SIGKILL');
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
