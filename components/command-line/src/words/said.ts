/** What the CLI says, with what it says it about. Help is in `help.ts`, values of the platform in `terms.ts`. */
import { language, text } from './language.ts';

const both = (en: string, zh: string): string => text([en, zh]);
/** `a, b` and `a、b`. */
export const listed = (items: readonly string[]): string => items.join(both(', ', '、'));
/** A remark behind something: `x (y)`, and `x（y）`. */
export const aside = (remark: string): string => both(` (${remark})`, `（${remark}）`);

/** Latin letters keep a space to the characters before them. */
export const afterHan = (zh: string): string => (/^\w/.test(zh) ? ` ${zh}` : zh);

export const said = {
  nameOrCount: () =>
    both(
      'Name one instance, or several by --count and --name-rule (as in --count 20 --name-rule web-{n}).',
      '请指定一台云主机的名称，或用 --count 和 --name-rule 批量创建（例如 --count 20 --name-rule web-{n}）。',
    ),
  children: (done: number, total: number) => both(`${done} of ${total} done`, `共 ${total} 项，已完成 ${done} 项`),
  moreChildren: (count: number) => both(`and ${count} more`, `以及另外 ${count} 项`),
  notSignedIn: () => both('Not signed in. Run `zhiyun login` first.', '尚未登录，请先执行 `zhiyun login`。'),
  notSignedInAtUrl: (url: string, known: readonly string[]) =>
    both(
      `Not signed in at ${url}. Sign in: zhiyun login --url ${url}${known.length > 0 ? ` (there is ${listed(known)})` : ''}`,
      `尚未登录 ${url}，请先执行：zhiyun login --url ${url}${known.length > 0 ? `（已登录的有 ${listed(known)}）` : ''}`,
    ),
  notSignedInAtHome: (home: string, url: string) =>
    both(
      `Not signed in at the platform of ZHIYUN_HOME=${home} (${url}). Sign in: ZHIYUN_HOME=${home} zhiyun login`,
      `尚未登录 ZHIYUN_HOME=${home} 的平台（${url}），请先执行：ZHIYUN_HOME=${home} zhiyun login`,
    ),
  noPlatformAtHome: (home: string) =>
    both(
      `ZHIYUN_HOME is ${home}, and no platform with a gateway has run there. Start one there, unset ZHIYUN_HOME, or name the platform with --url or --context.`,
      `ZHIYUN_HOME 指向 ${home}，但那里没有运行过带网关的平台。请先启动它、取消 ZHIYUN_HOME，或用 --url、--context 指明平台。`,
    ),
  noSuchContext: (name: string, known: readonly string[]) =>
    both(
      `There is no context ${name}. ${known.length > 0 ? `There is ${listed(known)}.` : 'There is none: sign in with zhiyun login.'}`,
      `没有上下文 ${name}。${known.length > 0 ? `已有：${listed(known)}。` : '还没有任何上下文，请先执行 zhiyun login。'}`,
    ),
  severalContexts: () =>
    both(
      'Signed in at several platforms and none is chosen: zhiyun context use NAME',
      '已登录多个平台，但尚未选择其中之一，请执行：zhiyun context use 名称',
    ),
  speakingTo: (name: string, url: string) => both(`at ${url} (context ${name})`, `当前平台：${url}（上下文 ${name}）`),
  newerContexts: (file: string, version: number) =>
    both(
      `${file} was written by a newer zhiyun (version ${version}). Use that one, or move the file away and sign in anew.`,
      `${file} 由更新版本的 zhiyun 写入（版本 ${version}）。请使用新版本，或移走该文件后重新登录。`,
    ),
  homeNotReadable: (file: string) =>
    both(
      `${file} cannot be read; name the platform with --url and --ca.`,
      `无法读取 ${file}；请用 --url 和 --ca 指明平台。`,
    ),
  noLocalPlatform: () =>
    both(
      'No platform on this machine is known. Name one: zhiyun login --url https://HOST:8443 --ca ca.pem',
      '本机没有已知的平台。请指明平台：zhiyun login --url https://主机:8443 --ca ca.pem',
    ),
  badUrl: (url: string) =>
    both(
      `"${url}" is no address of a platform; give one like https://host:8443.`,
      `“${url}”不是平台地址，应形如 https://主机:8443。`,
    ),
  signedIn: (url: string, username: string, role: string, context: string, mustChange: boolean) =>
    both(
      `Signed in at ${url} as ${username} (${role}), context ${context}${mustChange ? '. Set a password of your own: zhiyun password' : ''}`,
      `已登录 ${url}，用户 ${username}（${role}），上下文 ${context}${mustChange ? '。请设置自己的密码：zhiyun password' : ''}`,
    ),
  signedOut: (context: string) => both(`Signed out of ${context}.`, `已退出 ${context}。`),
  contextUsed: (name: string, url: string) =>
    both(`Commands now go to ${url} (context ${name}).`, `之后的命令将发往 ${url}（上下文 ${name}）。`),
  contextForgotten: (name: string) => both(`Forgot the context ${name}.`, `已移除上下文 ${name}。`),
  passwordOf: (username: string) => both(`Password of ${username}: `, `${username} 的密码：`),
  currentPassword: () => both('Current password: ', '当前密码：'),
  newPassword: () => both('New password: ', '新密码：'),
  newPasswordAgain: () => both('New password again: ', '再次输入新密码：'),
  noPassword: () => both('No password was given: the input ended.', '没有输入密码：输入已结束。'),
  passwordsDiffer: () =>
    both('The two new passwords differ; nothing was changed.', '两次输入的新密码不一致，未作修改。'),
  passwordChanged: () => both('The password is changed.', '密码已修改。'),

  fileMissing: (file: string) => both(`There is no file ${file}.`, `文件 ${file} 不存在。`),
  fileForbidden: (file: string) => both(`${file}: you may not read or write it.`, `没有读写 ${file} 的权限。`),
  fileIsDirectory: (file: string) => both(`${file} is a directory, not a file.`, `${file} 是目录，不是文件。`),
  fileNoDirectory: (file: string) => both(`The directory of ${file} does not exist.`, `${file} 所在的目录不存在。`),
  diskFull: (file: string) => both(`No room on the disk for ${file}.`, `磁盘空间不足，无法写入 ${file}。`),
  emptyFile: (file: string) => both(`${file} is empty.`, `${file} 是空文件。`),

  untrusted: (url: string) =>
    both(
      `The certificate of ${url} is signed by an authority that is not known here. If it is the platform's own, name it: zhiyun login --url ${url} --ca FILE (on the server it is the file ca.pem in the platform's home, /var/lib/zhiyun by default).`,
      `${url} 的证书由此处未知的机构签发。若是平台自己的机构，请指明其证书：zhiyun login --url ${url} --ca 文件（在服务器上是平台目录中的 ca.pem，默认 /var/lib/zhiyun/ca.pem）。`,
    ),
  wrongName: (url: string, host: string) =>
    both(
      `The certificate of ${url} is not made out to ${host}. Use the address that the platform prints when it starts.`,
      `${url} 的证书不是签发给 ${host} 的。请使用平台启动时显示的地址。`,
    ),
  certificateEarly: (url: string) =>
    both(
      `The certificate of ${url} is not valid yet: compare the clocks here and on the server.`,
      `${url} 的证书尚未生效：请核对本机与服务器的时钟。`,
    ),
  certificateLate: (url: string) =>
    both(
      `The certificate of ${url} has expired: compare the clocks here and on the server.`,
      `${url} 的证书已过期：请核对本机与服务器的时钟。`,
    ),
  refused: (url: string) =>
    both(
      `Nobody answers at ${url}. Is the platform up? On the server: zhiyun status`,
      `${url} 没有应答。平台是否在运行？请在服务器上执行 zhiyun status。`,
    ),
  unknownHost: (url: string, host: string) =>
    both(`The name ${host} of ${url} is not known.`, `无法解析 ${url} 的主机名 ${host}。`),
  timedOut: (url: string) => both(`${url} does not answer in time.`, `${url} 未在规定时间内应答。`),
  cut: (url: string) => both(`The connection to ${url} was cut.`, `与 ${url} 的连接中断。`),
  noTls: (url: string) => both(`${url} does not speak TLS; is the port right?`, `${url} 不是 TLS 服务，请检查端口。`),
  unreachable: (url: string, why: string) => both(`${url} cannot be reached: ${why}`, `无法连接 ${url}：${why}`),
  sessionEnded: (url: string) =>
    both(`Sign in again: zhiyun login --url ${url}`, `请重新登录：zhiyun login --url ${url}`),

  listCut: (shown: number) =>
    both(
      `${shown} shown, there are more; see more with --limit N`,
      `仅显示前 ${shown} 条，还有更多，可用 --limit N 显示`,
    ),
  deleteRunning: (names: readonly string[]) =>
    both(
      names.length === 1
        ? `${names[0]} is running. Power it off and delete it with its disks, for good? [y/N] `
        : `${listed(names)} are running. Power them off and delete them with their disks, for good? [y/N] `,
      `${listed(names)} 正在运行。是否强制关机并永久删除（含磁盘）？[y/N] `,
    ),
  deleteNeedsYes: (names: readonly string[]) =>
    both(
      `${listed(names)} ${names.length === 1 ? 'is' : 'are'} running, and there is no terminal to ask on. Nothing was deleted; say --yes to delete what runs.`,
      `${listed(names)} 正在运行，且没有终端可供确认，因此什么也没有删除；确要删除请加 --yes。`,
    ),
  nothingDone: () => both('Nothing was done.', '未作任何操作。'),
  someFailed: (failed: number, all: number) => both(`${failed} of ${all} failed`, `${all} 个中有 ${failed} 个失败`),
  nothingToBoot: (name: string) =>
    both(
      `${name} would have nothing to boot from. Give it a disk with a system (--disk image=NAME) or an installer (--iso NAME --disk 20GiB), or make it with --no-start.`,
      `${name} 没有可引导的内容。请给它带系统的磁盘（--disk image=名称）或安装光盘（--iso 名称 --disk 20GiB），或加 --no-start 仅创建。`,
    ),
  diskNeeds: () =>
    both(
      'A disk needs a size, an image, or both: --disk 10GiB,image=debian',
      '磁盘须指定大小、镜像或两者：--disk 10GiB,image=debian',
    ),

  deleted: (name: string) => both(`deleted ${name}`, `已删除 ${name}`),
  revoked: (id: string) => both(`revoked ${id}`, `已撤销 ${id}`),
  created: (name: string) => both(`created ${name}`, `已创建 ${name}`),
  renamed: (name: string) => both(`renamed to ${name}`, `已重命名为 ${name}`),
  saved: (file: string) => both(`saved ${file}`, `已保存 ${file}`),
  built: (file: string) => both(`built ${file}`, `已制作 ${file}`),
  takesInstances: (name: string, takes: boolean) =>
    both(
      `${name}: ${takes ? 'takes' : 'does not take'} new instances`,
      `${name}：${takes ? '接收' : '不再接收'}新的云主机`,
    ),
  inPool: (name: string, pool: string) => both(`${name}: in pool ${pool}`, `${name}：属于资源池 ${pool}`),

  consoleConnected: () =>
    both('Connected; press Enter for a prompt, Ctrl-] to leave.', '已连接；按回车显示提示符，按 Ctrl-] 退出。'),
  consoleCut: (why: string) => both(`The console was cut: ${why}`, `控制台已断开：${why}`),
  notUploading: (image: string, state: string) =>
    both(
      `The image ${image} does not wait for an upload (it is ${state}).`,
      `镜像 ${image} 不在等待上传（当前状态：${state}）。`,
    ),
  uploadCut: (image: string, why: string) =>
    both(
      `The upload of ${image} was cut: ${why}. Run the same command again: it goes on from there.`,
      `镜像 ${image} 上传中断：${why}。再次执行同一命令即可续传。`,
    ),
  uploadContinued: (image: string, arrived: string) =>
    both(`${image}: going on after ${arrived}`, `${image}：从 ${arrived} 处续传`),
  giveName: (file: string) =>
    both(`No name can be made of ${file}; give one with --name.`, `无法由 ${file} 得出镜像名称，请用 --name 指定。`),
  isOfKind: (file: string, kind: string, option: string) =>
    both(
      `${file} is of the kind ${kind}; nothing was sent. Leave --kind out, or say --kind ${option}.`,
      `${file} 的类型是${kind}，没有发送任何内容。请去掉 --kind，或使用 --kind ${option}。`,
    ),

  giveSize: () => both('Give a size like 512MiB, 2GiB or 4096.', '大小应形如 512MiB、2GiB 或 4096。'),
  giveWholeNumber: () => both('Give a whole number.', '应为整数。'),
  giveDuration: () => both('Give a duration like 30m, 2h or 7d.', '时长应形如 30m、2h 或 7d。'),
  rolesAre: (roles: readonly string[]) => both(`Roles are ${listed(roles)}.`, `可用角色：${listed(roles)}。`),

  of: (part: string | number, whole: string | number) => both(`${part} of ${whole}`, `${part} / ${whole}`),
  ahead: (seconds: number) =>
    both(
      `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`,
      `${seconds < 0 ? '慢' : '快'} ${Math.abs(seconds)} 秒`,
    ),
  fits: () => both('fits', '满足'),
  onOtherMachine: () => both('On the other machine, as root:', '在另一台机器上以 root 执行：'),
  pasteToken: () => both('and when it asks for the token, this one:', '提示输入令牌时，粘贴：'),
  /** `usesLeft`: null for any number. */
  tokenFor: (usesLeft: number | null, roles: number) =>
    usesLeft === null
      ? both('any number of components', '任意数量的组件')
      : usesLeft === roles
        ? both('one machine', '一台机器')
        : both(`${usesLeft} components`, `${usesLeft} 个组件`),
  tokenOnce: (until: string, whom: string) =>
    both(
      `It is shown only now and good until ${until}, for ${whom}.`,
      `令牌只显示这一次，有效期至 ${until}，可供${whom}使用。`,
    ),
  anyNumber: () => both('any', '不限'),
  diskFrom: (size: string, image: string | undefined) =>
    image === undefined ? size : both(`${size} from ${image}`, `${size}，来自 ${image}`),

  noInstance: () =>
    both(
      'No instance yet. Create one: zhiyun instance create web-1 --disk image=test',
      '还没有云主机。创建一台：zhiyun instance create web-1 --disk image=test',
    ),
  noImage: () =>
    both(
      'No image yet. Upload one: zhiyun image upload FILE, or make the small test guest: zhiyun image build-test',
      '还没有镜像。上传一个：zhiyun image upload 文件，或制作小型测试镜像：zhiyun image build-test',
    ),
  noneOf: ({ en, zh }: { en: string; zh: string }) => both(`No ${en} yet.`, `还没有${afterHan(zh)}。`),
  noMatch: () => both('Nothing fits.', '没有符合条件的结果。'),
  noNode: () => both('No node.', '没有计算节点。'),
  noComponent: () => both('No such component.', '没有符合条件的组件。'),
  noLink: () => both('No such link.', '没有符合条件的链路。'),
  noToken: () =>
    both(
      'No join token. Make one: zhiyun join-token create --role node-client',
      '没有有效的加入令牌。创建一个：zhiyun join-token create --role node-client',
    ),
  noOperation: () => both('No operation.', '没有操作记录。'),
  noMove: () => both('No history.', '没有历史。'),
  deletedState: () => both('deleted', '已删除'),
  noEvent: () => both('No event.', '没有事件。'),
  noContext: () => both('Signed in nowhere. Sign in: zhiyun login', '尚未登录任何平台，请执行 zhiyun login。'),
} as const;

/** `subject: outcome`, with the colon of the language. */
export const about = (subject: string, outcome: string): string =>
  language() === 'zh' ? `${subject}：${outcome}` : `${subject}: ${outcome}`;
