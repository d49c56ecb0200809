/** What the first word of an address is about. */
import { allKinds } from '@zhiyun/contracts';

export const tags: Readonly<Record<string, string>> = {
  ...Object.fromEntries(allKinds.map(({ plural, about }) => [plural, about])),
  'first-sign-in': 'Whether the password that the platform made for its first administrator is still the one.',
};
