/** What a node (计算节点) says of the work it was asked for. */
import { defineSentences } from './sentence.ts';

export const nodeSentences = defineSentences({
  'node.image-broke-off': {
    en: 'Image {image} broke off after {arrived} of {total} bytes.',
    zh: '镜像 {image} 在传输 {arrived} / {total} 字节后中断。',
  },
  'node.image-being-forgotten': { en: 'Image {image} is being forgotten.', zh: '镜像 {image} 正在从节点上清除。' },
  'node.image-used': {
    en: 'Image {image} is used on this node by {users}.',
    zh: '镜像 {image} 正被此节点上的 {users} 使用。',
  },
  'node.no-volume-driver': {
    en: 'This node cannot use the storage «{name}» of a disk. It knows: {known}.',
    zh: '此计算节点不支持磁盘所用的存储“{name}”。支持的存储：{known}。',
  },
  'node.bad-locator': {
    en: 'A disk is said to be at «{locator}», which is no id.',
    zh: '磁盘的位置“{locator}”不是有效的标识。',
  },
  'node.no-network-mode': {
    en: 'This node cannot use the network «{name}» of a NIC. It knows: {known}.',
    zh: '此计算节点不支持网卡所用的网络“{name}”。支持的网络：{known}。',
  },
  'node.no-limits': {
    en: 'This node cannot keep to these limits of disks and NICs: {limits}. Remove them, or update the node.',
    zh: '此计算节点无法执行以下磁盘和网卡限制：{limits}。请去掉限制，或更新该节点。',
  },
  'node.image-is-iso': {
    en: 'Image {image} is an ISO image; a disk can only start from a disk image.',
    zh: '镜像 {image} 是 ISO 镜像，磁盘只能由主机镜像创建。',
  },
  'node.display-silent': { en: 'The display of the machine does not answer.', zh: '虚拟机的显示没有响应。' },
  'node.no-picture': { en: 'QEMU did not give a picture of the display.', zh: 'QEMU 未能提供屏幕截图。' },
  'node.viewer-slow': {
    en: 'The viewer of the serial console did not keep up; open it again.',
    zh: '串口控制台的接收端跟不上输出，请重新打开。',
  },
  'node.orders-waiting': {
    en: '{count} orders already wait for instance {id}.',
    zh: '云主机 {id} 已有 {count} 个指令在等待。',
  },
  'node.order-stale': {
    en: 'Order {order} for instance {id} is out of date: order {newest} exists.',
    zh: '云主机 {id} 的指令 {order} 已过期：已有更新的指令 {newest}。',
  },
  'node.write-failed': { en: 'Could not write {path}: {reason}.', zh: '无法写入 {path}：{reason}。' },
  'storage.no-prlimit': {
    en: 'Images cannot be checked: prlimit is not installed (Debian: util-linux).',
    zh: '无法校验镜像：未安装 prlimit（Debian 软件包 util-linux）。',
  },
  'storage.no-control': { en: 'No Control Server is online.', zh: '没有主控节点在线。' },
  'storage.upload-open': {
    en: 'The upload {id} is open already, with {bytes} bytes.',
    zh: '上传任务 {id} 已经打开，大小为 {bytes} 字节。',
  },
});
