const words = {
  welcome: '登录致云',
  tagline: '一条命令，一朵自己的云',
  username: '用户名',
  password: '密码',
  usernameMissing: '请输入用户名',
  passwordMissing: '请输入密码',
  showPassword: '显示密码',
  hidePassword: '隐藏密码',
  submit: '登录',
  expired: '登录已失效，请重新登录。',
  firstHint: '首次登录请使用 admin，初始密码保存在服务器的 initial-admin-password 文件中。',
  first: {
    title: '设置新密码',
    detail: '这是您首次登录。为保障安全，请先设置自己的密码。',
    submit: '保存并进入控制台',
  },
  change: {
    title: '修改密码',
    detail: '修改后，其他设备上的登录会全部失效。',
    current: '当前密码',
    new: '新密码',
    newHint: '至少 {{min}} 个字符',
    repeat: '再次输入新密码',
    mismatch: '两次输入的密码不一致',
    same: '新密码不能与当前密码相同',
    done: '密码已修改',
  },
};

export default words;

declare module '../../locales/catalogue.ts' {
  interface PageCatalogues {
    session: typeof words;
  }
}
