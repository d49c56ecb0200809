import type { Catalogue } from '../../locales/catalogue.ts';
import type zh from './zh-CN.ts';

export default {
  title: 'SSH keys',
  create: 'Add SSH key',
  empty: 'No SSH keys yet',
  emptyHint: 'Make a pair on your computer with ssh-keygen -t ed25519, then add its public key (the .pub file) here.',
  actions: 'Actions',
  form: {
    publicKey: 'Public key',
    hint: 'One line like ssh-ed25519 AAAA… user@host; usually in ~/.ssh/id_ed25519.pub.',
    file: 'Read from a file',
    tooLarge: 'The file is too large to be a public key',
    created: '“{{name}}” was added',
  },
  delete: {
    title: 'Delete SSH key “{{name}}”?',
    detail: 'The key on your computer stays as it is and can be added again.',
    done: '“{{name}}” was deleted',
  },
} satisfies Catalogue<typeof zh>;
