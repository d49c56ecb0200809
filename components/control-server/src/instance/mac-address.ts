import type { InstanceId } from '@zhiyun/contracts';

/**
 * The MAC address of an instance: locally administered, unicast, then the last 40 bits of its id, which are random. The
 * database refuses the one in a million millions that is taken.
 */
export function macAddressOf(instanceId: InstanceId): string {
  const digits = instanceId.replaceAll('-', '').slice(-10);
  return `52:${(digits.match(/../g) ?? []).join(':')}`;
}
