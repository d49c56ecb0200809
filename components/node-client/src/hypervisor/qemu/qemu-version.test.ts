import { expect, test } from 'vitest';
import { parseUsers } from './hypervisor-user.ts';
import { chooseMachineType, parseVersion } from './qemu-version.ts';

test('version of Debian builds and of plain ones', () => {
  expect(parseVersion('QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)\n')).toBe('7.2.22');
  expect(parseVersion('QEMU emulator version 10.0.0\n')).toBe('10.0.0');
  expect(() => parseVersion('bash: no such command')).toThrow();
});

test('the pinned machine where QEMU has it, else the newest', () => {
  const newest = 'pc                   Standard PC (i440FX + PIIX, 1996) (alias of pc-i440fx-19.0)\n';
  const help = `Supported machines are:\n${newest}pc-i440fx-19.0       Standard PC\n`;
  expect(chooseMachineType(`${help}pc-i440fx-7.2        Standard PC\n`)).toBe('pc-i440fx-7.2');
  expect(chooseMachineType(help)).toBe('pc-i440fx-19.0');
});

test('users by name', () => {
  const users = parseUsers('root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/:/usr/sbin/nologin\n');
  expect(users.get('nobody')).toEqual({ uid: 65534, gid: 65533 });
});
