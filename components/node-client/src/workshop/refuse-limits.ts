/** Refuses limits: this node does not enforce any yet, and an unenforced limit would surprise others. */
import { say } from '@zhiyun/contracts';
import type { InstanceConfig } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';

/** Throws `invalid-request`. */
export function refuseLimits({ disks, nics }: InstanceConfig): void {
  const limits = new Set([...disks, ...nics].flatMap((one) => Object.keys(one.limits ?? {})));
  if (limits.size > 0)
    throw new PlatformError('invalid-request', say('node.no-limits', { limits: [...limits].join(', ') }));
}
