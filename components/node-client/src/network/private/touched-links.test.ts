import { expect, test } from 'vitest';
import { formerRange } from './guest-range.ts';
import { elementsOf } from './nft-json.ts';
import { guestLink } from './slots.ts';
import { TouchedLinks, withoutLinks } from './touched-links.ts';

const owner = { shortNodeId: 'abcdef12', range: formerRange };
const [one, two] = [0, 1].map((slot) => guestLink(owner, slot, `02:00:00:00:00:0${slot}`)) as [
  ReturnType<typeof guestLink>,
  ReturnType<typeof guestLink>,
];

test('whatever is touched at any moment while somebody looks is in the record', () => {
  const touched = new TouchedLinks();
  const before = touched.touch('a');
  const done = touched.touch('gone');
  done[Symbol.dispose]();
  using record = touched.record();
  before[Symbol.dispose]();
  {
    using _ = touched.touch('b');
  }
  expect([...record.taps]).toEqual(['a', 'b']);
  {
    using _one = touched.touch('a');
    using _two = touched.touch('a');
  }
  using later = touched.record();
  expect([...later.taps]).toEqual([]);
});

test('both states are without the links in question, and otherwise as they were', () => {
  const wanted = {
    ...owner,
    rangeWaits: null,
    links: [one, two],
    tableForm: 'form',
    directory: '',
    resolvFile: '',
  };
  const observed = {
    table: { form: 'form', elements: new Set([...elementsOf(one), ...elementsOf(two)]) },
    reservations: new Map([
      ['0', 'x'],
      ['1', 'y'],
    ]),
    forwards: true,
  };
  const settled = withoutLinks(wanted, observed, new Set([two.tap]));
  expect(settled.wanted.links).toEqual([one]);
  expect(settled.observed).toEqual({
    table: { form: 'form', elements: new Set(elementsOf(one)) },
    reservations: new Map([['0', 'x']]),
    forwards: true,
  });
  expect(withoutLinks(wanted, { table: null }, new Set([two.tap])).observed).toEqual({ table: null });
});
