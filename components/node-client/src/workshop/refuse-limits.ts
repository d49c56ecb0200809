/** Nothing on this node keeps to a limit yet, so none may be asked for: an instance without its limits would be a surprise for others. */
import { say } from '@zhiyun/contracts';
import type { InstanceConfig } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';

/** Throws `invalid-request`. */
export function refuseLimits({ disks, nics }: InstanceConfig): void {
  const limits = new Set([...disks, ...nics].flatMap((one) => Object.keys(one.limits ?? {})));
  if (limits.size > 0)
    throw new PlatformError('invalid-request', say('node.no-limits', { limits: [...limits].join(', ') }));
}
