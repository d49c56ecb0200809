import { codeFor, type Fault } from '@zhiyun/contracts';
import { faultOf } from '@zhiyun/kernel';

/** What a peer that speaks this version of the protocol is told of any thrown thing. */
export function faultFor(thrown: unknown, protocol: number): Fault {
  const fault = faultOf(thrown);
  return { ...fault, code: codeFor(fault.code, protocol) };
}
