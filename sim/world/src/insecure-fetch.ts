/** `fetch` for the platform of this run, which nobody else can answer for: its certificate is not looked at. */
import https from 'node:https';

export async function insecureFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const headers = init.headers as Record<string, string>;
  const request = https.request(String(input), { method: init.method ?? 'GET', headers, agent }, (answer) => {
    const parts: Buffer[] = [];
    answer.on('data', (part: Buffer) => parts.push(part));
    answer.once('error', reject);
    answer.once('end', () => {
      const status = answer.statusCode ?? 502;
      resolve(new Response(status === 204 ? null : Buffer.concat(parts), { status }));
    });
  });
  request.once('error', reject);
  request.end(typeof init.body === 'string' || init.body instanceof Uint8Array ? init.body : undefined);
  return await promise;
}

const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 256 });
