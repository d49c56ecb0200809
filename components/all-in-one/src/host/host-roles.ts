/** The roles that this host runs now: started together, stopped in reverse order, so that nobody loses what it needs before it has said goodbye. */
import type { Member } from '@zhiyun/link';
import { type HostRole, hostRoles } from './host-record.ts';
import type { RoleStatus } from './ready-info.ts';
import type { HostContext } from './role.ts';
import { RoleKeeper } from './role-keeper.ts';
import { startRole } from './roles/index.ts';

export class HostRoles {
  readonly #onRemoved: (role: HostRole) => void;
  readonly #keepers = new Map<HostRole, RoleKeeper>();

  /** `onRemoved`: the domain has taken this role out and cut it off. */
  constructor(onRemoved: (role: HostRole) => void) {
    this.#onRemoved = onRemoved;
  }

  has(role: HostRole): boolean {
    return this.#keepers.has(role);
  }
  status(): RoleStatus[] {
    return hostRoles.flatMap((role) => this.#keepers.get(role)?.status ?? []);
  }
  member(role: HostRole): Member | undefined {
    return this.#keepers.get(role)?.member;
  }
  anyMember(): Member | undefined {
    return hostRoles.map((role) => this.member(role)).find((member) => member !== undefined);
  }

  /**
   * The Data Server first: the others join by it. `patient`: a role that has to wait for another machine is left waiting.
   * Otherwise throws why one could not start, and has then stopped those that could.
   */
  async start(roles: readonly HostRole[], host: HostContext, how: { patient: boolean }): Promise<void> {
    const start = async (role: HostRole) => {
      const keeper = new RoleKeeper({ role, start: startRole[role], host, onRemoved: this.#onRemoved });
      this.#keepers.set(role, keeper);
      await keeper.start(how);
    };
    try {
      if (roles.includes('data-server')) await start('data-server');
      const results = await Promise.allSettled(roles.filter((role) => role !== 'data-server').map(start));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    } catch (error) {
      await this.stop(roles);
      throw error;
    }
  }

  async stop(roles: readonly HostRole[]): Promise<void> {
    for (const role of hostRoles.toReversed()) {
      if (!roles.includes(role)) continue;
      await this.#keepers.get(role)?.stop();
      this.#keepers.delete(role);
    }
  }
}
