/**
 * Keys as a guest gets them: the X11 keysym and the place on the keyboard (`KeyboardEvent.code`), by which QEMU finds the scan
 * code. Places are those of a US keyboard, which guests have unless somebody has told them otherwise.
 */

export interface Key {
  keysym: number;
  code: string;
}

const shift: Key = { keysym: 0xffe1, code: 'ShiftLeft' };
const control: Key = { keysym: 0xffe3, code: 'ControlLeft' };
const alt: Key = { keysym: 0xffe9, code: 'AltLeft' };
const meta: Key = { keysym: 0xffeb, code: 'MetaLeft' };
const enter: Key = { keysym: 0xff0d, code: 'Enter' };
const tab: Key = { keysym: 0xff09, code: 'Tab' };
const escapeKey: Key = { keysym: 0xff1b, code: 'Escape' };
const remove: Key = { keysym: 0xffff, code: 'Delete' };
export const backspace: Key = { keysym: 0xff08, code: 'Backspace' };

const functionKey = (number: number): Key => ({ keysym: 0xffbd + number, code: `F${number}` });
const letterKey = (letter: string): Key => ({ keysym: letter.charCodeAt(0), code: `Key${letter.toUpperCase()}` });
const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Pressed one after the other, let go the other way round. Named as on the keys themselves, in every language. */
export interface Chord {
  name: string;
  keys: readonly Key[];
}

export const modifiers: readonly Chord[] = [
  { name: 'Ctrl', keys: [control] },
  { name: 'Alt', keys: [alt] },
  { name: 'Shift', keys: [shift] },
  { name: 'Win', keys: [meta] },
];

export const ctrlAltDel: Chord = { name: 'Ctrl-Alt-Del', keys: [control, alt, remove] };

/** What browsers and window managers keep for themselves, or what a touch screen has no key for. */
export const chordGroups: readonly { name: 'single' | 'combined' | 'virtualTerminal' | 'function'; chords: Chord[] }[] =
  [
    {
      name: 'single',
      chords: [
        { name: 'Esc', keys: [escapeKey] },
        { name: 'Tab', keys: [tab] },
        { name: 'Win', keys: [meta] },
        { name: 'PrintScreen', keys: [{ keysym: 0xff61, code: 'PrintScreen' }] },
      ],
    },
    {
      name: 'combined',
      chords: [
        { name: 'Alt-Tab', keys: [alt, tab] },
        { name: 'Alt-F4', keys: [alt, functionKey(4)] },
        { name: 'Ctrl-Esc', keys: [control, escapeKey] },
        { name: 'Win-L', keys: [meta, letterKey('l')] },
        { name: 'Win-R', keys: [meta, letterKey('r')] },
        { name: 'Ctrl-Alt-Backspace', keys: [control, alt, backspace] },
      ],
    },
    {
      name: 'virtualTerminal',
      chords: oneTo(7).map((number) => ({ name: `Ctrl-Alt-F${number}`, keys: [control, alt, functionKey(number)] })),
    },
    { name: 'function', chords: oneTo(12).map((number) => ({ name: `F${number}`, keys: [functionKey(number)] })) },
  ];

/** Places of the keys that are no letters, with what they give alone and with Shift. */
const signs: readonly (readonly [code: string, plain: string, shifted: string])[] = [
  ...Array.from(')!@#$%^&*(', (sign, digit) => [`Digit${digit}`, String(digit), sign] as const),
  ['Minus', '-', '_'],
  ['Equal', '=', '+'],
  ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'],
  ['Backslash', '\\', '|'],
  ['Semicolon', ';', ':'],
  ['Quote', "'", '"'],
  ['Backquote', '`', '~'],
  ['Comma', ',', '<'],
  ['Period', '.', '>'],
  ['Slash', '/', '?'],
  ['Space', ' ', ' '],
];

const byCharacter = new Map<string, readonly Key[]>([
  ['\n', [enter]],
  ['\t', [tab]],
]);
for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
  const upper = letter.toUpperCase();
  byCharacter.set(letter, [letterKey(letter)]);
  byCharacter.set(upper, [shift, { keysym: upper.charCodeAt(0), code: `Key${upper}` }]);
}
for (const [code, plain, shifted] of signs) {
  if (shifted !== plain) byCharacter.set(shifted, [shift, { keysym: shifted.charCodeAt(0), code }]);
  byCharacter.set(plain, [{ keysym: plain.charCodeAt(0), code }]);
}

/** The keys that type the text, character by character; and the characters that no key of the keyboard has. */
export function keysOfText(text: string): { strokes: (readonly Key[])[]; impossible: string[] } {
  const strokes: (readonly Key[])[] = [];
  const impossible = new Set<string>();
  for (const character of text.replaceAll(/\r\n?/g, '\n')) {
    const keys = byCharacter.get(character);
    if (keys) strokes.push(keys);
    else impossible.add(character);
  }
  return { strokes, impossible: [...impossible] };
}
