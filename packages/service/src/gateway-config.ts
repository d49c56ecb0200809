/** How the Http Gateway is reached: only needed where a reverse proxy stands before it. */
import { isIP } from 'node:net';
import { z } from 'zod';

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(text);
  // Session cookies are kept for https only, and for the whole host.
  return protocol === 'https:' && pathname === '/' && `${search}${hash}${username}${password}` === '';
}

export const gatewayConfigShape = {
  /** Address under which browsers reach the platform: `https://cloud.example`. */
  publicUrl: z.string().refine(isPublicUrl, 'must be https://HOST or https://HOST:PORT, without a path').optional(),
  /** Proxies whose forwarding headers are believed: addresses, or networks like `10.0.0.0/8`. */
  trustedProxies: z
    .array(z.string().refine(isNetwork, 'must be an IP address, or a network like 10.0.0.0/8'))
    .max(64)
    .optional(),
  /** Which headers they write: `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded` (RFC 7239). */
  forwardedHeaders: z.enum(['x-forwarded', 'forwarded']).optional(),
};
