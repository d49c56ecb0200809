import type { System } from '@zhiyun/contracts';
import { expect, it } from 'vitest';
import { summarise } from './component-list.tsx';

it('counts components by type and names those that are missing', () => {
  const one = (type: string, name: string, state: string) =>
    ({ id: name, type, name, state }) as System['components'][number];
  expect(
    summarise([
      one('control-server', 'a', 'online'),
      one('node-client', 'a', 'online'),
      one('node-client', 'b', 'suspect'),
      one('node-client', 'c', 'gone'),
    ]),
  ).toEqual([
    { type: 'control-server', online: 1, missing: [] },
    { type: 'node-client', online: 1, missing: ['b', 'c'] },
  ]);
});
