/** The certificate that browsers see: signed by the domain's CA for every name and address of this machine. */
import { X509Certificate } from 'node:crypto';
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { isGuestInterface } from '@zhiyun/contracts';
import { dataServerLink } from '@zhiyun/contracts/links';
import { type Clock, Disposables, type Logger, PlatformError } from '@zhiyun/kernel';
import { createCertificateRequest, type Member, newPrivateKey, ownAddresses } from '@zhiyun/link';

export interface GatewayCertificate {
  /** PEM. */
  key: string;
  certificate: string;
  names: readonly string[];
}

const maxNames = 64;
const wildcards = new Set(['0.0.0.0', '::']);

/** Subject alternative names: the machine's own names and addresses, the listening and the public one. */
export function certificateNames(
  { listenHost, publicUrl }: { listenHost: string; publicUrl?: string | undefined },
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): string[] {
  const addresses = Object.entries(interfaces)
    // Taps of guests are nobody's way in.
    .filter(([name]) => !isGuestInterface(name))
    .flatMap(([, interfaceAddresses]) => interfaceAddresses ?? [])
    .map(({ address }) => address)
    // A zone makes an address that no certificate can hold.
    .filter((address) => !address.includes('%') && !address.startsWith('fe80:'));
  const told = [
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')]),
    ...(wildcards.has(listenHost) ? [] : [listenHost]),
  ];
  return [...new Set(['localhost', hostname(), ...told, ...addresses])].slice(0, maxNames);
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
  return { key, certificate, names };
}

/** Renewal begins this long before the end of its 90 days. */
const renewBeforeEndMs = 60 * 24 * 3600 * 1000;

/** Whether its names differ from the machine's, or it is not valid by this clock, or not for long. */
export function needsNewCertificate(
  { certificate, names }: GatewayCertificate,
  wanted: readonly string[],
  now: number,
) {
  if (names.length !== wanted.length || wanted.some((name) => !names.includes(name))) return true;
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return now < validFromDate.getTime() || now > validToDate.getTime() - renewBeforeEndMs;
}

const checkMs = 60_000;

export interface KeepCertificateOptions {
  /** The initial certificate. */
  certificate: GatewayCertificate;
  names: () => string[];
  obtain: (names: readonly string[]) => Promise<GatewayCertificate>;
  use: (certificate: GatewayCertificate) => void;
  clock: Clock;
  log: Logger;
}

/**
 * Keeps the certificate in line with the machine's addresses and clock. A failed renewal is retried at the next check.
 */
export function keepCertificate({
  certificate,
  names,
  obtain,
  use,
  clock,
  log,
}: KeepCertificateOptions): AsyncDisposable {
  const ends = new Disposables();
  let inUse = certificate;
  let looking: Promise<void> | undefined;
  const look = async () => {
    const wanted = names();
    if (!needsNewCertificate(inUse, wanted, clock.now())) return;
    try {
      inUse = await obtain(wanted);
      use(inUse);
      log.info({ names: wanted }, 'a new HTTPS certificate is in use');
    } catch (error) {
      log.warn({ error }, 'the HTTPS certificate could not be renewed yet');
    }
  };
  const lookOnce = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  };
  ends.use(clock.every(checkMs, lookOnce));
  ends.use(ownAddresses.on(lookOnce));
  ends.add(() => looking);
  return ends;
}
