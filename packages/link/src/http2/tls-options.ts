/**
 * TLS parameters of links. Only our own components meet here, so one group and one suite suffice, the cheapest of the
 * strong ones: Node's default adds a post-quantum key share, a tenth of each side's handshake cost, which dominates
 * when thousands reconnect at once. Browsers meet the Http Gateway, which offers all.
 */
import { constants } from 'node:crypto';

export const linkTls = {
  minVersion: 'TLSv1.3',
  ecdhCurve: 'X25519',
  ciphers: 'TLS_AES_128_GCM_SHA256',
} as const;

/** Server side. Sessions are never resumed, so no tickets (which hold the caller's certificate) are issued. */
export const linkServerTls = { ...linkTls, secureOptions: constants.SSL_OP_NO_TICKET } as const;
