import type { Fault } from '@zhiyun/contracts';
import { codeFor } from '@zhiyun/contracts/links';
import { faultOf } from '@zhiyun/kernel';

/** What a peer that speaks this version of the protocol is told of any thrown thing. */
export function faultFor(thrown: unknown, protocol: number): Fault {
  const fault = faultOf(thrown);
  return { ...fault, code: codeFor(fault.code, protocol) };
}
