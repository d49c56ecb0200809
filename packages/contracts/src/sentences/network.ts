/** Sentences about the network of a node's guests (云主机网络). Those of findings are named by their kind. */
import { defineSentences } from './sentence.ts';

export const networkSentences = defineSentences({
  'network.rules-missing': {
    en: 'The rules around the guests (nftables table {table}) are gone.',
    zh: '云主机的防护规则（nftables 表 {table}）不见了。',
  },
  'network.rules-altered': {
    en: 'The rules around the guests (nftables table {table}) are not as the platform made them.',
    zh: '云主机的防护规则（nftables 表 {table}）被改动。',
  },
  'network.guard-missing': {
    en: 'The guard that cuts guests off while their rules are missing is not there.',
    zh: '防护规则缺失时负责断开云主机网络的保护机制未生效。',
  },
  'network.tap-missing': {
    en: 'The network interface {tap} of a guest is gone.',
    zh: '云主机的网络接口 {tap} 不见了。',
  },
  'network.tap-unplugged': {
    en: 'The network interface {tap} was removed under a running guest; the guest has no network until it is started anew.',
    zh: '云主机运行时其网络接口 {tap} 被删除；重新启动该云主机前，它没有网络。',
  },
  'network.tap-down': {
    en: 'The network interface {tap} of a guest is switched off.',
    zh: '云主机的网络接口 {tap} 被关闭。',
  },
  'network.address-missing': {
    en: 'The network interface {tap} of a guest has lost the gateway’s address {address}.',
    zh: '云主机的网络接口 {tap} 丢失了网关地址 {address}。',
  },
  'network.forwarding-off': {
    en: 'IPv4 forwarding ({sysctl}) is switched off: guests do not get out.',
    zh: 'IPv4 转发（{sysctl}）被关闭，云主机无法访问外部网络。',
  },
  'network.dhcp-stopped': {
    en: 'The DHCP server of the guests does not run, so they get no addresses: {reason}',
    zh: '云主机的 DHCP 服务没有运行，云主机无法获得地址：{reason}',
  },
  'network.dhcp-ended': { en: 'it has ended.', zh: '它已退出。' },
  'network.dhcp-files': {
    en: 'The DHCP reservations of the guests in {directory} are not as the platform wrote them.',
    zh: '{directory} 中云主机的 DHCP 地址预留被改动。',
  },
  'network.port-taken': {
    en: '{protocol} port {port} of this machine is held by {holder}.',
    zh: '本机的 {protocol} 端口 {port} 被 {holder} 占用。',
  },
  'network.forward-blocked': {
    en: 'Another firewall drops what guests send out or get back: {chain}.',
    zh: '其他防火墙丢弃了云主机的外部流量：{chain}。',
  },
  'network.input-blocked': {
    en: 'Another firewall keeps guests from DHCP or name resolution on this node: {chain}.',
    zh: '其他防火墙使云主机无法使用本节点的 DHCP 或域名解析：{chain}。',
  },
  'network.range-overlap': {
    en: 'The guest network {range} overlaps {network} of {owner}: guests may lose addresses or names.',
    zh: '云主机网段 {range} 与 {owner} 的 {network} 重叠，云主机可能无法联网或解析域名。',
  },
  'network.range-waits': {
    en: 'The guest network stays {range} while instances run here; the configured {wanted} waits.',
    zh: '本节点有云主机在运行，云主机网段仍为 {range}；配置的 {wanted} 尚未生效。',
  },
  'network.no-resolvers': {
    en: '{file} names no name server: guests cannot resolve names.',
    zh: '{file} 中没有域名服务器，云主机无法解析域名。',
  },

  'network.mend.start-anew': {
    en: 'Stop the instance and start it again.',
    zh: '请关机后重新启动该云主机。',
  },
  'network.mend.end-holder': {
    en: 'Stop {holder}, or let it serve only its own interfaces; it is tried again by itself.',
    zh: '请停止 {holder}，或让它只在自己的接口上提供服务；平台会自动重试。',
  },
  'network.mend.log': {
    en: 'See the log of the platform; it is tried again by itself.',
    zh: '请查看平台日志；平台会自动重试。',
  },
  'network.mend.guard': {
    en: 'It needs nftables 0.9.9 and Linux 5.12 or newer; it is tried again by itself.',
    zh: '需要 nftables 0.9.9 和 Linux 5.12 或更新版本；平台会自动重试。',
  },
  'network.mend.firewalld': {
    en: 'Trust the interfaces of guests, which the platform filters itself: firewall-cmd --permanent --zone=trusted --add-interface={interfaces}+ && firewall-cmd --reload',
    zh: '请信任云主机的接口（平台自行过滤）：firewall-cmd --permanent --zone=trusted --add-interface={interfaces}+ && firewall-cmd --reload',
  },
  'network.mend.ufw': {
    en: 'Add to /etc/ufw/before.rules, before COMMIT, and run «ufw reload»: -A ufw-before-forward -i {interfaces}+ -j ACCEPT; -A ufw-before-forward -o {interfaces}+ -j ACCEPT; -A ufw-before-input -i {interfaces}+ -j ACCEPT',
    zh: '请在 /etc/ufw/before.rules 的 COMMIT 之前加入以下各行并运行 ufw reload：-A ufw-before-forward -i {interfaces}+ -j ACCEPT；-A ufw-before-forward -o {interfaces}+ -j ACCEPT；-A ufw-before-input -i {interfaces}+ -j ACCEPT',
  },
  'network.mend.iptables': {
    en: 'Accept the interfaces of guests, which the platform filters itself: {command}',
    zh: '请放行云主机的接口（平台自行过滤）：{command}',
  },
  'network.mend.nft': {
    en: 'Accept the interfaces of guests, which the platform filters itself, at the beginning of that chain: {command}',
    zh: '请在该链的开头放行云主机的接口（平台自行过滤）：{command}',
  },
  'network.mend.range': {
    en: 'Choose another network with guestNetwork in the config.json of the home, stop the instances of this node and start the platform anew.',
    zh: '请在主目录的 config.json 中用 guestNetwork 指定另一个网段，关闭本节点的云主机后重新启动平台。',
  },
  'network.mend.range-waits': {
    en: 'Stop the instances of this node and start the platform anew.',
    zh: '请关闭本节点的云主机，然后重新启动平台。',
  },
  'network.mend.resolvers': {
    en: 'Name one there (nameserver 192.0.2.53); it is followed at once.',
    zh: '请在其中写入域名服务器（如 nameserver 192.0.2.53），修改立即生效。',
  },

  'network.kept-state': { en: 'state of the guest network', zh: '云主机网络状态' },
  'network.kept-range': { en: 'range of the guest network', zh: '云主机网段记录' },
  'network.not-open': { en: 'The guest network has not been opened yet.', zh: '云主机网络尚未就绪。' },
  'network.bad-range': {
    en: 'guestNetwork {text} is no IPv4 network between /8 and /26, written as its first address; for example 10.64.0.0/10.',
    zh: 'guestNetwork {text} 不是 /8 至 /26 之间、以首地址书写的 IPv4 网段；例如 10.64.0.0/10。',
  },
  'network.bad-refused': {
    en: 'guestRefusedNetworks holds {text}, which is no IPv4 address or network; for example 192.0.2.0/24.',
    zh: 'guestRefusedNetworks 中的 {text} 不是 IPv4 地址或网段；例如 192.0.2.0/24。',
  },
  'network.all-slots-used': {
    en: 'All {count} guest networks of this node are in use.',
    zh: '本节点的 {count} 个云主机网络已全部使用。',
  },
  'network.unknown-holder': { en: 'an unknown process', zh: '未知进程' },
  'network.holder': { en: '{program} (process {pid})', zh: '{program}（进程 {pid}）' },
});
