/** Sentences of the host itself: of `up`, `join`, `down` and their like (主机). */
import { defineSentences } from './sentence.ts';

export const hostSentences = defineSentences({
  'host.port-taken': {
    en: 'Another program listens on {address} already. Choose another address with --listen HOST:PORT; nothing was made.',
    zh: '{address} 已被其他程序占用。请用 --listen 主机:端口 换一个地址；尚未创建任何内容。',
  },
  'host.no-such-address': {
    en: 'This machine has no address {address}. Choose one of its own with --listen HOST:PORT; nothing was made.',
    zh: '本机没有地址 {address}。请用 --listen 主机:端口 指定本机的地址；尚未创建任何内容。',
  },
  'host.port-privileged': {
    en: 'Only root may listen on {address}: its port is below 1024. Nothing was made.',
    zh: '{address} 的端口小于 1024，只有 root 可以监听；尚未创建任何内容。',
  },
  'host.cannot-listen': {
    en: 'The system does not let anybody listen on {address} ({reason}). Nothing was made.',
    zh: '系统不允许在 {address} 上监听（{reason}）；尚未创建任何内容。',
  },
  'host.home-too-long': {
    en: 'The home is too deep: the path of its socket, {path}, is longer than the {longest} bytes that the system allows. Choose a shorter --home, or start it as root.',
    zh: '主目录路径过长：套接字路径 {path} 超过系统允许的 {longest} 字节。请用 --home 选择更短的路径，或以 root 启动。',
  },
  'host.service-usage': {
    en: 'Usage: zhiyun service install | remove | status',
    zh: '用法：zhiyun service install | remove | status',
  },
  'host.service-needs-root': {
    en: 'Only root may change what systemd starts; run it with sudo.',
    zh: '只有 root 可以更改 systemd 启动的服务，请用 sudo 执行。',
  },
  'host.no-systemd': {
    en: 'systemd does not run on this machine. Let its own init start `zhiyun up` at boot.',
    zh: '本机没有运行 systemd。请用本机的 init 在开机时执行 `zhiyun up`。',
  },
  'host.systemctl-failed': {
    en: 'systemctl {command} failed: {reason}. journalctl -u {unit} may say more.',
    zh: 'systemctl {command} 失败：{reason}。详情可查看 journalctl -u {unit}。',
  },
  'host.two-tokens': {
    en: 'Give the join token once: with --token or with --token-file.',
    zh: '加入令牌只需给出一次：用 --token 或 --token-file。',
  },
  'host.no-token': {
    en: 'No join token was given on standard input.',
    zh: '标准输入中没有加入令牌。',
  },
  'host.token-file-unreadable': {
    en: 'The join token cannot be read from {path} ({reason}).',
    zh: '无法从 {path} 读取加入令牌（{reason}）。',
  },
});
