/** Which Storage Server takes a new image. */
import type { ComponentId } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';

/** Any that is there, by chance, so that several share the load. Throws `storage-unreachable`. */
export function chooseStorageServer(member: Pick<Member, 'onlinePeers'>): ComponentId {
  const online = member.onlinePeers('storage-server');
  const chosen = online[Math.floor(Math.random() * online.length)];
  if (chosen) return chosen.id;
  throw new PlatformError(
    'storage-unreachable',
    'No Storage Server is online; start one, or wait until it has joined.',
  );
}
