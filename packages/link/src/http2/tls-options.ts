/**
 * What both ends of a link agree on. Only components of ours meet here, so one group and one suite will do, and the cheapest of
 * the strong ones: Node's own choice makes a second, post-quantum key for each handshake, which costs each side a tenth of it,
 * and when thousands come back at once that is what they wait for. Browsers meet the Http Gateway, which offers all.
 */
import { constants } from 'node:crypto';

export const linkTls = {
  minVersion: 'TLSv1.3',
  ecdhCurve: 'X25519',
  ciphers: 'TLS_AES_128_GCM_SHA256',
} as const;

/** Of the listening side. No session is ever resumed, so tickets, which hold the caller's certificate, need not be sealed. */
export const linkServerTls = { ...linkTls, secureOptions: constants.SSL_OP_NO_TICKET } as const;
