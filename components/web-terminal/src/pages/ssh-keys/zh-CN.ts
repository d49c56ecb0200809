const words = {
  title: 'SSH 密钥',
  create: '添加 SSH 密钥',
  empty: '还没有 SSH 密钥',
  emptyHint: '在自己的电脑上执行 ssh-keygen -t ed25519 生成一对密钥，再将其公钥（.pub 文件）添加到这里。',
  actions: '操作',
  form: {
    publicKey: '公钥',
    hint: '一行文本，如 ssh-ed25519 AAAA… user@host，通常在 ~/.ssh/id_ed25519.pub 中。',
    file: '从文件读取',
    tooLarge: '文件过大，不是公钥文件',
    created: '已添加“{{name}}”',
  },
  delete: {
    title: '删除 SSH 密钥“{{name}}”？',
    detail: '您电脑上的密钥不受影响，以后可以重新添加。',
    done: '已删除“{{name}}”',
  },
};

export default words;

declare module '../../locales/catalogue.ts' {
  interface PageCatalogues {
    'ssh-keys': typeof words;
  }
}
