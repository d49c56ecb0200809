import { expect, test } from 'vitest';
import { guestInterfacePrefix, isGuestInterface } from './guest-interface.ts';

test.each([`${guestInterfacePrefix('abcdef12')}0`, `${guestInterfacePrefix('018f0000')}mh33`])(
  '%s leads to a guest',
  (name) => expect(isGuestInterface(name)).toBe(true),
);

test.each(['eth0', 'zyxel0', 'zy-0', 'zyabcdef1-0', 'tailscale0', 'zyabcdef12-', 'azyabcdef12-0'])(
  '%s does not',
  (name) => expect(isGuestInterface(name)).toBe(false),
);
