/**
 * Tickets by which one Storage Server may read one image here, once. They are kept in memory: after a restart the
 * bytes pass through the Control Server. Who shows one is known by its certificate, so a ticket is worth nothing to anybody else.
 */
import { randomBytes } from 'node:crypto';
import { type ComponentId, type ImageId, say } from '@zhiyun/contracts';
import { type Clock, PlatformError } from '@zhiyun/kernel';

/** From the offer until the reader comes. */
const goodMs = 60_000;
/** Only Control Servers ask; more than these at once are a mistake of theirs, and the oldest go. */
const maxTickets = 1_000;

interface Ticket {
  imageId: ImageId;
  reader: ComponentId;
  until: number;
}

export class OfferTickets {
  readonly #clock: Clock;
  readonly #tickets = new Map<string, Ticket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  give(imageId: ImageId, reader: ComponentId): string {
    const now = this.#clock.monotonicMs();
    for (const [name, { until }] of this.#tickets) {
      if (until > now && this.#tickets.size < maxTickets) break;
      this.#tickets.delete(name);
    }
    const ticket = randomBytes(32).toString('base64url');
    this.#tickets.set(ticket, { imageId, reader, until: now + goodMs });
    return ticket;
  }

  /** Throws `ticket-invalid`; what another reader shows stays good for the right one. */
  take(ticket: string, reader: ComponentId): ImageId {
    const known = this.#tickets.get(ticket);
    if (!known || known.reader !== reader || known.until <= this.#clock.monotonicMs())
      throw new PlatformError('ticket-invalid', say('image.offer-invalid'));
    this.#tickets.delete(ticket);
    return known.imageId;
  }
}
