import type { InstanceId, NodeId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formerRange as range } from './guest-range.ts';
import { chooseSlot, guestLink, shortNodeId, slotCountOf, slotOfAddress, slotOfTap } from './slots.ts';

const nodeId = '018f0000-0000-7000-8000-0000abcdef12' as NodeId;
const mac = '02:00:00:00:00:01';
const owner = { shortNodeId: 'abcdef12', range };
const slotCount = slotCountOf(range);

test('a link of the first and of the last slot', () => {
  expect(guestLink({ shortNodeId: shortNodeId(nodeId), range }, 0, mac.toUpperCase())).toEqual({
    slot: 0,
    tap: 'zyabcdef12-0',
    macAddress: mac,
    address: '100.64.0.2',
    gateway: '100.64.0.1',
  });
  expect(guestLink(owner, slotCount - 1, mac)).toMatchObject({
    address: '100.127.255.254',
    gateway: '100.127.255.253',
  });
});

test('names fit into Linux and lead back to their slot', () => {
  fc.assert(
    fc.property(fc.nat({ max: slotCount - 1 }), (slot) => {
      const link = guestLink(owner, slot, mac);
      expect(link.tap.length).toBeLessThanOrEqual(15);
      expect(slotOfTap('abcdef12', link.tap)).toBe(slot);
      expect(slotOfTap('abcdef13', link.tap)).toBeUndefined();
      expect([slotOfAddress(range, link.address), slotOfAddress(range, link.gateway)]).toEqual([slot, slot]);
    }),
  );
});

test.each(['100.63.255.255', '100.128.0.0', '192.0.2.1', 'fd00::2', ''])('%s is in no slot', (address) => {
  expect(slotOfAddress(range, address)).toBeUndefined();
});

test('the same instance wants the same slot, and takes the next one when it is gone', () => {
  const id = newId<InstanceId>();
  const wanted = chooseSlot(id, range, () => false);
  expect(chooseSlot(id, range, () => false)).toBe(wanted);
  expect(chooseSlot(id, range, (slot) => slot === wanted)).toBe((wanted + 1) % slotCount);
  expect(() => chooseSlot(id, range, () => true)).toThrow(/in use/);
});
