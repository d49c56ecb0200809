import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';
import { requireUncommonPassword } from './password-rule.ts';

describe('passwords', () => {
  it('are proven by their hash, each time with another salt', async () => {
    const [one, other] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await verifyPassword('correct horse', one)).toBe(true);
    expect(await verifyPassword('correct Horse', one)).toBe(false);
    expect(await verifyPassword('correct horse', null)).toBe(false);
  });

  it('are hashed off the event loop', async () => {
    const hashing = hashPassword('x'.repeat(200));
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    await hashing;
    clearInterval(counting);
    expect(turns).toBeGreaterThan(2);
  });

  it.each([
    'password123',
    'P@ssw0rd2024',
    'qwertyuiop',
    '1234567890',
    '0987654321',
    'aaaaaaaaaaa',
    'adminadmin',
    'ann-is-here',
  ])('%s is too easy to guess', (password) => {
    expect(() => requireUncommonPassword(password, 'ann', 'password')).toThrow(
      expect.objectContaining({ code: 'invalid-request', errors: [expect.objectContaining({ path: 'password' })] }),
    );
  });
  it.each(['correct horse battery', 'zG7#kfw91mQ', '我的密码很长很长很难猜'])('%s will do', (password) => {
    expect(() => requireUncommonPassword(password, 'ann', 'password')).not.toThrow();
  });
});
