import type { Fault } from '@zhiyun/contracts';
import { codeFor } from '@zhiyun/contracts/links';
import { faultOf } from '@zhiyun/kernel';

/** The fault sent to a peer of this protocol version for any thrown value. */
export function faultFor(thrown: unknown, protocol: number): Fault {
  const fault = faultOf(thrown);
  return { ...fault, code: codeFor(fault.code, protocol) };
}
