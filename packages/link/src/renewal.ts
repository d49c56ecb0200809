/** A certificate lives for days; at two thirds of its life a new one is asked for, again and again until it comes. */
import { dataServerLink } from '@zhiyun/contracts/links';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import { createCertificateRequest } from './certificates.ts';
import { certificateLife, type Identity, type Membership } from './identity.ts';
import type { Member } from './types.ts';

/** Between two tries, and at least between two renewals, whatever the clocks say. */
const retryMs = 60_000;

export async function keepRenewed(options: {
  member: Member;
  identity: Identity;
  membership: () => Membership;
  onRenewed: (membership: Membership) => void;
  signal: AbortSignal;
  clock: Clock;
  log: Logger;
}): Promise<void> {
  const { member, identity, clock, log, signal } = options;
  while (!signal.aborted) {
    const { beginsAt, endsAt } = certificateLife(options.membership().certificate);
    const dueMs = beginsAt + ((endsAt - beginsAt) * 2) / 3 - clock.now();
    try {
      if (dueMs > 0) await clock.sleep(dueMs, signal);
      const [dataServer] = member.onlinePeers('data-server');
      if (!dataServer) throw new PlatformError('unavailable', 'No Data Server is connected.');
      const certificateRequest = await createCertificateRequest(identity.privateKey);
      const { certificate } = await dataServer.as(dataServerLink).renewCertificate({ certificateRequest }, { signal });
      const renewed = { ...options.membership(), certificate };
      await identity.keepMembership(renewed);
      options.onRenewed(renewed);
      log.info({}, 'certificate renewed');
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ error, endsAt: new Date(endsAt).toISOString() }, 'the certificate could not be renewed; trying on');
    }
    await clock.sleep(retryMs, signal).catch(() => {});
  }
}
