/** The certificate that browsers see: signed by the domain's CA for every name and address of this machine. */
import { hostname, networkInterfaces } from 'node:os';
import { isGuestInterface } from '@zhiyun/contracts';
import { dataServerLink } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { createCertificateRequest, type Member, newPrivateKey } from '@zhiyun/link';

export interface GatewayCertificate {
  /** PEM. */
  key: string;
  certificate: string;
}

/** Names and addresses under which a browser may know this machine; `listenHost` is one when it is not a wildcard. */
export function certificateNames(listenHost: string, interfaces = networkInterfaces()): string[] {
  const addresses = Object.entries(interfaces)
    .flatMap(([name, present]) => (isGuestInterface(name) ? [] : (present ?? [])))
    // A zone makes an address that no certificate can hold; taps of guests are nobody's way in.
    .filter(({ address }) => !address.includes('%') && !address.startsWith('fe80:'))
    .map(({ address }) => address);
  const wildcard = listenHost === '0.0.0.0' || listenHost === '::';
  return [...new Set(['localhost', hostname(), ...addresses, ...(wildcard ? [] : [listenHost])])].slice(0, 64);
}

/** A new key never leaves this process; only the request does. */
export async function obtainCertificate(member: Member, names: readonly string[]): Promise<GatewayCertificate> {
  const [dataServer] = member.onlinePeers('data-server');
  if (!dataServer)
    throw new PlatformError(
      'unavailable',
      'No Data Server can be reached to sign the HTTPS certificate; it is tried again.',
    );
  const key = newPrivateKey();
  const certificateRequest = await createCertificateRequest(key);
  const { certificate } = await dataServer
    .as(dataServerLink)
    .issueGatewayCertificate({ certificateRequest, names: [...names] });
  return { key, certificate };
}
