/** The domain itself: one row, made by the first Data Server that ever starts, with the certificate authority in it. */
import type { DomainId } from '@zhiyun/contracts';
import { type Clock, newId } from '@zhiyun/kernel';
import { type Authority, createAuthority } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';

export interface Domain {
  id: DomainId;
  name: string;
  authority: Authority;
}

/** Safe to call from several Data Servers at once: all get the same domain. */
export async function openDomain(store: Store, name: string, clock: Clock): Promise<Domain> {
  const known = await readDomain(store);
  if (known) return known;
  const authority = await createAuthority(name);
  await store.db
    .insertInto('domain')
    .values({
      id: newId<DomainId>(),
      name,
      ca_certificate: authority.certificate,
      ca_private_key: authority.privateKey,
      created_at: new Date(clock.now()),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const made = await readDomain(store);
  if (!made) throw new Error('The domain was removed while it was made');
  return made;
}

async function readDomain(store: Store): Promise<Domain | undefined> {
  const row = await store.db.selectFrom('domain').selectAll().executeTakeFirst();
  if (!row) return undefined;
  return { id: row.id, name: row.name, authority: { certificate: row.ca_certificate, privateKey: row.ca_private_key } };
}
