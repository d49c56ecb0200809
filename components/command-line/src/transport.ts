/**
 * HTTPS for the REST client, on Node's own `https`: `fetch` costs every start of the CLI 60 ms. Trusts the platform's authority;
 * when that does not fit, for instance behind a proxy with a certificate of its own, those of the system as well.
 */
import http from 'node:http';
import https from 'node:https';
import { text as readText } from 'node:stream/consumers';
import tls from 'node:tls';
import type { Answered, Send, SendInit } from '@zhiyun/contracts/rest';

const connectMs = 10_000;
/** Nobody is made to wait longer by the platform itself: it answers a waiting request after 60 s. */
const silenceMs = 90_000;

const untrusted = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);
export const isUntrusted = (code: string | undefined): boolean => untrusted.has(code ?? '');

/** An agent that trusts this authority, for whoever speaks HTTPS by other means than `Transport`. */
export interface Trust {
  readonly agent: http.Agent;
  /** Authorities that are trusted; undefined: those that Node knows. */
  readonly authorities: readonly string[] | undefined;
}

export class Transport implements Trust {
  #agent: http.Agent;
  #authorities: readonly string[] | undefined;
  #widened = false;

  constructor(url: string, caCertificate: string | undefined) {
    this.#authorities = caCertificate === undefined ? undefined : [caCertificate];
    this.#agent = this.#makeAgent(url);
  }

  get agent(): http.Agent {
    return this.#agent;
  }
  get authorities(): readonly string[] | undefined {
    return this.#authorities;
  }

  readonly send: Send = async (url, init) => {
    try {
      return await this.#once(url, init);
    } catch (error) {
      if (!isUntrusted((error as NodeJS.ErrnoException).code) || this.#widened) throw error;
      this.#widened = true;
      const authorities = [tls.getCACertificates('default'), tls.getCACertificates('system'), this.#authorities ?? []];
      this.#authorities = authorities.flat();
      this.#agent = this.#makeAgent(url);
      return this.#once(url, init);
    }
  };

  #makeAgent(url: string): http.Agent {
    if (new URL(url).protocol === 'http:') return new http.Agent({ keepAlive: true });
    return new https.Agent({ keepAlive: true, ...(this.#authorities && { ca: [...this.#authorities] }) });
  }

  async #once(url: string, { method = 'GET', headers = {}, body, signal }: SendInit = {}): Promise<Answered> {
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const { request } = url.startsWith('http:') ? http : https;
    const asked = request(url, {
      method,
      agent: this.#agent,
      headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
      ...(signal && { signal }),
    });
    const late = (ms: number) =>
      asked.destroy(Object.assign(new Error(`no answer for ${ms / 1000} s`), { code: 'ETIMEDOUT' }));
    const connecting = setTimeout(late, connectMs, connectMs);
    asked.once('socket', (socket) => {
      const connected = () => clearTimeout(connecting);
      if (socket.connecting) socket.once(url.startsWith('http:') ? 'connect' : 'secureConnect', connected);
      else connected();
    });
    asked.setTimeout(silenceMs, () => late(silenceMs));
    asked.once('response', resolve);
    asked.on('error', reject);
    asked.end(body);
    try {
      const response = await promise;
      const status = response.statusCode ?? 0;
      // Nobody reads what is not there; unread, it would keep its connection to itself.
      if (status === 204) response.resume();
      return {
        status,
        ok: status >= 200 && status < 300,
        statusText: response.statusMessage ?? '',
        json: async () => JSON.parse(await readText(response)) as unknown,
        blob: async () => (await import('node:stream/consumers')).blob(response) as Promise<Blob>,
      };
    } finally {
      clearTimeout(connecting);
    }
  }
}
