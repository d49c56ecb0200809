/** REST of SSH keys. Everybody sees and changes only his own. */
import { isPublicKey, parsePublicKey } from '@zhiyun/contracts';
import type { Clock } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { actorOf, type RestHandlers } from '../rest/rest-handlers.ts';
import { deleteSshKey, findSshKey, insertSshKey, listSshKeys } from './ssh-key-store.ts';

export interface SshKeyDeps {
  store: Store;
  clock: Clock;
}

export function sshKeyHandlers({
  store,
  clock,
}: SshKeyDeps): Pick<RestHandlers, 'listSshKeys' | 'createSshKey' | 'getSshKey' | 'deleteSshKey'> {
  const { db } = store;
  return {
    listSshKeys: ({ query, principal }) => listSshKeys(db, principal.userId, query),
    getSshKey: ({ params, principal }) => findSshKey(db, principal.userId, params.id),
    async createSshKey({ body, principal }) {
      const key = parsePublicKey(body.publicKey);
      if (!isPublicKey(key)) throw new Error('the schema lets no other in');
      return insertSshKey(store, actorOf(principal), body.name, key, new Date(clock.now()));
    },
    async deleteSshKey({ params, principal }) {
      const { id } = await findSshKey(db, principal.userId, params.id);
      await deleteSshKey(store, id, actorOf(principal));
      return undefined;
    },
  };
}
