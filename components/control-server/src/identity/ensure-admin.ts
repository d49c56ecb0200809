/** The first user of a domain: `admin`, with a random password that is written to a file only its owner can read. */
import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { UserId } from '@zhiyun/contracts';
import { type Clock, newId } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { hashPassword } from './password.ts';
import { lockAllUsers } from './user-store.ts';

export const firstUsername = 'admin';

export interface EnsureAdminOptions {
  store: Store;
  clock: Clock;
  passwordFile: string;
}

/** `created` false: there are users already, and nothing was touched. */
export async function ensureAdmin(options: EnsureAdminOptions): Promise<{ username: string; created: boolean }> {
  const anybody = await options.store.db.selectFrom('app_user').select('id').limit(1).executeTakeFirst();
  if (anybody) return { username: firstUsername, created: false };
  const password = randomBytes(15).toString('base64url');
  const passwordHash = await hashPassword(password);
  const created = await options.store.tx(async (tx) => {
    await lockAllUsers(tx);
    if (await tx.selectFrom('app_user').select('id').limit(1).executeTakeFirst()) return false;
    await tx
      .insertInto('app_user')
      .values({
        id: newId<UserId>(),
        username: firstUsername,
        role: 'administrator',
        password_hash: passwordHash,
        must_change_password: true,
        created_at: new Date(options.clock.now()),
      })
      .execute();
    // Before the commit: an unused password in a file does no harm, a user whose password nobody knows does.
    await writeSecretFile(options.passwordFile, `${password}\n`);
    return true;
  });
  return { username: firstUsername, created };
}

async function writeSecretFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: 0o600, flush: true });
  await rename(temporary, path);
}
