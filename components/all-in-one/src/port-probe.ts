/** Whether something else has the address already, before anything is made for who would listen there. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Sentence, say } from '@zhiyun/contracts';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';
import { hostPort, type ListenAddress } from './listen-address.ts';

/** Throws `in-use` with the reason when nobody could listen there now. */
export async function requireFree({ host, port }: ListenAddress): Promise<void> {
  const probe = createServer();
  probe.listen({ host, port, exclusive: true });
  try {
    await once(probe, 'listening');
  } catch (cause) {
    throw new PlatformError('in-use', whyNot(systemErrorCode(cause), hostPort(host, port)), { cause });
  }
  probe.close();
  await once(probe, 'close');
}

function whyNot(code: string | undefined, address: string): Sentence {
  switch (code) {
    case 'EADDRINUSE':
      return say('host.port-taken', { address });
    case 'EADDRNOTAVAIL':
      return say('host.no-such-address', { address });
    case 'EACCES':
      return say('host.port-privileged', { address });
    default:
      return say('host.cannot-listen', { address, reason: code ?? 'unknown' });
  }
}
