/** Forgets what no longer opens anything: ended sessions, unused console tickets, old failed sign-ins. */
import type { Clock } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import type { BackgroundTask } from '../background/background-tasks.ts';
import { loginFailureWindowMs } from './login-throttle.ts';
import { sessionIdleMs } from './sessions.ts';

const loginAddressMs = 90 * 24 * 3_600_000;

export function expireAccess({ store, clock }: { store: Store; clock: Clock }): BackgroundTask {
  return {
    name: 'expire-access',
    periodMs: 60_000,
    async run() {
      const before = (ms: number) => new Date(clock.now() - ms);
      const { db } = store;
      const deleted = await Promise.all([
        db
          .deleteFrom('session')
          .where((eb) => eb.or([eb('expires_at', '<=', before(0)), eb('last_used_at', '<=', before(sessionIdleMs))]))
          .executeTakeFirst(),
        db.deleteFrom('console_ticket').where('expires_at', '<=', before(0)).executeTakeFirst(),
        db.deleteFrom('login_failure').where('last_failed_at', '<', before(loginFailureWindowMs)).executeTakeFirst(),
        db.deleteFrom('login_address').where('last_login_at', '<', before(loginAddressMs)).executeTakeFirst(),
      ]);
      const [sessions = 0, tickets = 0, failures = 0, addresses = 0] = deleted.map((row) => Number(row.numDeletedRows));
      return { sessions, tickets, failures, addresses };
    },
  };
}
