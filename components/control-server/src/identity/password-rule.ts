/** What may not be a password although it is long enough: what every guesser tries first. */
import { type Sentence, say } from '@zhiyun/contracts';
import { fieldError, PlatformError } from '@zhiyun/kernel';

/** The words and rows of keys that the usual lists of leaked passwords are made of; digits and signs around them do not help. */
const commonStems = new Set(
  `password passw0rd passwort contrasena motdepasse administrator administrador admin root welcome changeme changeit
  letmein letmeinnow iloveyou trustno football baseball basketball superman batman starwars pokemon princess sunshine
  dragon monkey shadow michael jennifer jordan liverpool chelsea arsenal samsung computer internet minecraft cheese
  qwerty qwertyuiop qwertyui qwertz qwertzuiop azerty azertyuiop asdfghjkl asdfghjklo zxcvbnm qazwsx qazwsxedc
  qweasdzxc qwertyasdfgh qwerasdfzxcv zaqwsxcde abcdefghij abcdefghijk abcabcabc abcdef aaaaaaaaaa woaini woainima
  default guest master manager secret system server public private company summer winter spring autumn monday hello
  zhiyun qaz wsx abc test user login cloud nopassword mypassword yourpassword`.split(/\s+/),
);

const leet: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Throws `invalid-request` at `path` with the reason. */
export function requireUncommonPassword(password: string, username: string, path: string): void {
  const reason = reasonAgainst(password.toLowerCase(), username);
  if (!reason) return;
  const errors = [fieldError(path, reason)];
  throw new PlatformError('invalid-request', say('identity.password-refused', { reason }), { errors });
}

function reasonAgainst(password: string, username: string): Sentence | undefined {
  if (new Set(password).size < 4) return say('field.password-few');
  if (isRow(password)) return say('field.password-row');
  if (password.includes(username)) return say('field.password-username');
  const bare = lettersOf(password);
  const stems = [bare, unleet(bare), lettersOf(unleet(password))].flatMap((stem) => [stem, halfOf(stem)]);
  if (stems.some((stem) => commonStems.has(stem))) return say('field.password-common');
  return undefined;
}

const unleet = (text: string) => [...text].map((letter) => leet[letter] ?? letter).join('');
const lettersOf = (text: string) => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');

/** `passwordpassword` → `password`. */
function halfOf(text: string): string {
  const half = text.slice(0, text.length / 2);
  return half + half === text ? half : text;
}

/** `1234567890`, `0987654321`, `abcdefghij`: the zero stands at the end of the row of digits. */
function isRow(text: string): boolean {
  const codes = [...text.replaceAll('0', ':')].map((letter) => letter.codePointAt(0) ?? 0);
  return [1, -1].some((step) => codes.every((code, i) => i === 0 || code - (codes[i - 1] ?? 0) === step));
}
