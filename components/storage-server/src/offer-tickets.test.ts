import type { ComponentId, ImageId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { virtualClock } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { OfferTickets } from './offer-tickets.ts';

const [image, reader, stranger] = [newId<ImageId>(), newId<ComponentId>(), newId<ComponentId>()];
const refusal = expect.objectContaining({ code: 'ticket-invalid' });

test('a ticket is good once, for its reader, for a minute', async () => {
  const clock = virtualClock();
  const tickets = new OfferTickets(clock);
  const [one, late] = [tickets.give(image, reader), tickets.give(image, reader)];
  expect(one).not.toBe(late);
  expect(() => tickets.take(one, stranger)).toThrow(refusal);
  expect(tickets.take(one, reader)).toBe(image);
  expect(() => tickets.take(one, reader)).toThrow(refusal);
  expect(() => tickets.take('', reader)).toThrow(refusal);
  await clock.advance(60_000);
  expect(() => tickets.take(late, reader)).toThrow(refusal);
});

test('tickets that nobody uses do not pile up', () => {
  const tickets = new OfferTickets(virtualClock());
  const given = Array.from({ length: 1_100 }, () => tickets.give(image, reader));
  expect(() => tickets.take(given[0] ?? '', reader)).toThrow(refusal);
  expect(tickets.take(given.at(-1) ?? '', reader)).toBe(image);
});
