/** The instance's own user. One from a release without them gets its user at its next start. */
import type { GuestUsers } from './guest-users.ts';
import type { Part } from './part.ts';

export function userPart(users: GuestUsers): Part {
  return {
    name: 'user',
    async ensure({ instanceId, uid }) {
      if (uid !== undefined) return {};
      const claimed = users.claim(instanceId);
      return claimed === undefined ? {} : { uid: claimed };
    },
    remove: async ({ uid }) => users.release(uid),
    async adopt(entries) {
      for (const { uid } of entries) if (uid !== undefined) users.hold(uid);
      return {};
    },
  };
}
