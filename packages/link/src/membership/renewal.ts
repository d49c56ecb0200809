/**
 * Renews the certificate at two thirds of its life, with retries. When a clock change makes it invalid, it is renewed
 * without a link, because none can be made with it.
 */
import { dataServerLink } from '@zhiyun/contracts/links';
import { type Clock, isoTime, type Logger, PlatformError } from '@zhiyun/kernel';
import { createCertificateRequest } from '../certificates/certificates.ts';
import type { Member, Peer } from '../types.ts';
import { certificateLife, type Identity, isValidAt, type Membership, renewalDueMs } from './identity.ts';

/** Retry interval, and least gap between two renewals, whatever the clocks say. */
const retryMs = 60_000;
/** Polling interval: a timer does not notice a clock change. */
const lookMs = 60_000;

export async function keepRenewed(options: {
  member: Member;
  identity: Identity;
  membership: () => Membership;
  /** Obtains a membership from any Data Server, with the key as the only proof. */
  askAnew: () => Promise<Membership>;
  onRenewed: (membership: Membership) => void;
  signal: AbortSignal;
  clock: Clock;
  log: Logger;
}): Promise<void> {
  const { member, identity, clock, log, signal } = options;
  while (!signal.aborted) {
    const past = options.membership();
    const dueMs = renewalDueMs(past.certificate, clock.now());
    if (dueMs > 0) {
      await clock.sleep(Math.min(dueMs, lookMs), signal).catch(() => {});
      continue;
    }
    try {
      const [dataServer] = member.onlinePeers('data-server');
      const isValid = isValidAt(past.certificate, clock.now());
      if (!isValid)
        log.warn({ now: isoTime(clock.now()) }, 'the certificate is not valid at this time: was the clock set?');
      if (!dataServer && isValid) throw new PlatformError('unavailable', 'No Data Server is connected.');
      const renewed = dataServer ? { ...past, certificate: await renewAt(dataServer) } : await options.askAnew();
      await identity.keepMembership(renewed);
      options.onRenewed(renewed);
      log.info({}, 'certificate renewed');
    } catch (error) {
      if (signal.aborted) return;
      const endsAt = isoTime(certificateLife(past.certificate).endsAt);
      log.warn({ error, endsAt }, 'the certificate could not be renewed; trying on');
    }
    await clock.sleep(retryMs, signal).catch(() => {});
  }

  async function renewAt(dataServer: Peer): Promise<string> {
    const certificateRequest = await createCertificateRequest(identity.privateKey);
    const answer = await dataServer.as(dataServerLink).renewCertificate({ certificateRequest }, { signal });
    return answer.certificate;
  }
}
