/** Sentences about instances (云主机). */
import { defineSentences } from './sentence.ts';

export const instanceSentences = defineSentences({
  'instance.unknown': {
    en: 'There is no instance «{reference}».',
    zh: '没有云主机“{reference}”。',
  },
  'instance.just-changed': {
    en: 'Instance «{name}» was just changed by another order; try again.',
    zh: '云主机“{name}”刚被另一个指令更改，请重试。',
  },
  'instance.node-away': {
    en: 'The node of instance «{name}» cannot be reached. Bring the node back first; the instance is kept as it is.',
    zh: '无法连接云主机“{name}”所在的计算节点。请先恢复该节点，云主机会保持原样。',
  },
  'instance.node-lost': {
    en: 'The node of instance «{name}» was removed as lost; the instance can only be renamed or deleted.',
    zh: '云主机“{name}”所在的计算节点已作为丢失移除，只能重命名或删除该云主机。',
  },
  'instance.wrong-state': {
    en: 'Instance «{name}» is {state}; {action} is possible while it is {states}.',
    zh: '云主机“{name}”{state}；以下状态才能执行“{action}”：{states}。',
  },
  'instance.no-way': {
    en: 'Instance «{name}» cannot go from {state} to {to}.',
    zh: '云主机“{name}”不能从“{state}”变为“{to}”。',
  },
  'instance.gone': {
    en: 'The instance is no more, or its node was removed as lost.',
    zh: '云主机已不存在，或其计算节点已作为丢失移除。',
  },
  'instance.name-taken': {
    en: 'The pool has an instance named «{name}» already; choose another name.',
    zh: '资源池中已有名为“{name}”的云主机，请换一个名称。',
  },
  'instance.names-taken': {
    en: 'The pool has instances with these names already: {names}. Nothing was made; choose another rule or first number.',
    zh: '资源池中已有以下名称的云主机：{names}。没有创建任何云主机，请更换命名规则或起始编号。',
  },
  'instance.disk-too-small': {
    en: 'The disk is smaller than its image: it must have at least {least}.',
    zh: '磁盘小于其镜像：至少需要 {least}。',
  },
  'instance.least-of-image': {
    en: '{exact} ({size|bytes}), the size of the image «{image}»',
    zh: '{exact} 字节（{size|bytes}，即镜像“{image}”的大小）',
  },
  'instance.image-kind': {
    en: '«{image}» is {found}, not {wanted}; give it {use}.',
    zh: '“{image}”是{found}，不是{wanted}；请{use}。',
  },
  'instance.use-iso': { en: 'as «iso», to install from', zh: '将其作为光盘（iso）用于安装' },
  'instance.use-disk': { en: 'as «image» of a disk', zh: '将其作为磁盘的镜像（image）' },
  'instance.image-not-ready': {
    en: 'The image «{image}» is {state}; it must be ready first.',
    zh: '镜像“{image}”{state}，须等待其可用。',
  },
  'instance.image-must-be': { en: 'must be {what}', zh: '须为{what}' },
  'instance.image-is': { en: 'is {state}', zh: '当前{state}' },
  'instance.image-unchecked': { en: 'The image «{image}» was not checked yet.', zh: '镜像“{image}”尚未校验。' },
  'instance.image-deleted': { en: 'One of its images was deleted at this moment.', zh: '所用的一个镜像刚被删除。' },
  'instance.did-not-shut-down': {
    en: 'The guest of instance «{name}» did not shut down within {seconds} s; it goes on running. Shut it down from inside, or kill the instance.',
    zh: '云主机“{name}”未在 {seconds} 秒内关机，仍在运行。请在系统内部关机，或强制关机。',
  },
  'instance.not-started': {
    en: 'Instance {id} could not be started: {reason}',
    zh: '云主机 {id} 无法启动：{reason}',
  },
  'instance.qemu-not-started': { en: 'QEMU did not start: {words}', zh: 'QEMU 未能启动：{words}' },
  'instance.not-here': { en: 'Instance {id} is not on this node.', zh: '云主机 {id} 不在此计算节点上。' },
  'instance.not-running': { en: 'Instance {id} is not running.', zh: '云主机 {id} 没有运行。' },
  'instance.not-prepared': {
    en: 'Instance {id} is not prepared on this node.',
    zh: '此计算节点上没有准备好云主机 {id}。',
  },
  'node.away': {
    en: 'The {type} «{name}» cannot be reached. Check that its machine is on, its network works and its agent runs.',
    zh: '无法连接{type}“{name}”。请检查其服务器已开机、网络正常、平台服务在运行。',
  },
  'node.too-old-for-config': {
    en: 'The software of node {name} is too old for the disks or NICs of this instance. Update that node.',
    zh: '计算节点 {name} 的软件版本过旧，不支持该云主机的磁盘或网卡配置，请更新该节点。',
  },
  'node.stopping': { en: 'The Node Client is stopping.', zh: '该计算节点的平台服务正在停止。' },
  'node.starting': { en: 'The Node Client is starting or stopping.', zh: '该计算节点的平台服务正在启动或停止。' },
  'instance.no-console': {
    en: 'Instance «{name}» is {state}; its console is there while it runs.',
    zh: '云主机“{name}”{state}，运行时才能打开控制台。',
  },
  'instance.ticket-invalid': {
    en: 'The ticket is unknown, used or expired; ask for a new one.',
    zh: '连接凭据无效、已使用或已过期，请重新获取。',
  },
  'instance.action-start': { en: 'start', zh: '启动' },
  'instance.action-stop': { en: 'stop', zh: '关机' },
  'instance.action-kill': { en: 'kill', zh: '强制关机' },
  'instance.action-reboot': { en: 'reboot', zh: '重启' },
  'instance.action-reset': { en: 'reset', zh: '强制重启' },
  'instance.action-delete': { en: 'delete', zh: '删除' },
  'instance.action-rename': { en: 'rename', zh: '重命名' },
  'instance.action-display': { en: 'display', zh: '打开显示' },
  'instance.action-serial': { en: 'serial', zh: '打开串口' },
  'instance.action-screenshot': { en: 'screenshot', zh: '截图' },
  'instance.state-creating': { en: 'being created', zh: '正在创建' },
  'instance.state-stopped': { en: 'stopped', zh: '已关机' },
  'instance.state-starting': { en: 'starting', zh: '正在启动' },
  'instance.state-running': { en: 'running', zh: '正在运行' },
  'instance.state-stopping': { en: 'stopping', zh: '正在关机' },
  'instance.state-rebooting': { en: 'rebooting', zh: '正在重启' },
  'instance.state-deleting': { en: 'being deleted', zh: '正在删除' },
  'instance.state-unknown': { en: 'of unknown state', zh: '状态未知' },
  'instance.state-lost': { en: 'lost', zh: '已丢失' },
});
