import { systemErrorCode } from '@zhiyun/kernel';
import type { LinkServer } from '../http2/link-server.ts';
import type { Identity } from './identity.ts';

/**
 * Listens at `port`; with 0 at the last port (the first time `preferred`) when it is free, so that peers find this
 * component again.
 */
export async function listenRemembered(
  server: LinkServer,
  identity: Identity,
  host: string,
  port: number,
  preferred = 0,
): Promise<number> {
  const wanted = port || ((await identity.port()) ?? preferred);
  const got = await server.listen(host, wanted).catch(async (error: unknown) => {
    if (port !== 0 || wanted === 0 || systemErrorCode(error) !== 'EADDRINUSE') throw error;
    return await server.listen(host, 0);
  });
  await identity.keepPort(got);
  return got;
}
