/** Why an image is not taken (镜像未通过检查): a reason that goes on from «the image was refused», and what its owner can do. */
import { defineSentences } from './sentence.ts';

export const refusalSentences = defineSentences({
  'refusal.refused': { en: 'The image was refused: {reason}. {cure}', zh: '镜像未通过检查：{reason}。{cure}' },
  'refusal.wrong-kind': {
    en: 'The image was given as {wanted}, but it is {found}. Add it again as {other}.',
    zh: '镜像按{wanted}添加，但它是{found}。请按{other}重新添加。',
  },
  'refusal.checksum': {
    en: 'The SHA-256 of the {bytes} bytes that arrived is {found}, not {wanted} as expected. Add the image again, or correct the checksum.',
    zh: '收到的 {bytes} 字节的 SHA-256 为 {found}，与预期的 {wanted} 不符。请重新添加镜像，或更正校验和。',
  },
  'refusal.kind-iso': { en: 'an ISO image', zh: 'ISO 镜像' },
  'refusal.kind-disk': { en: 'a disk image', zh: '主机镜像' },
  'refusal.found-qcow2': { en: 'a qcow2 disk image', zh: 'qcow2 主机镜像' },
  'refusal.found-no-iso': {
    en: 'no ISO image (it has no ISO 9660 volume); if anything, a raw disk image',
    zh: '非 ISO 文件（没有 ISO 9660 卷），或许是 raw 主机镜像',
  },

  'refusal.foreign-format': {
    en: 'it is in the format {format}, which is not supported',
    zh: '它是 {format} 格式，暂不支持',
  },
  'refusal.archive': { en: 'it is packed as {format}', zh: '它是 {format} 压缩包' },
  'refusal.vmdk-descriptor': {
    en: 'it is a VMware VMDK descriptor, a text that only names other files',
    zh: '它是 VMware VMDK 描述文件，只引用了其他文件',
  },
  'refusal.text': { en: 'it is a text file', zh: '它是文本文件' },
  'refusal.empty': { en: 'it is empty', zh: '它是空文件' },
  'refusal.changed': { en: 'it changed while it was read', zh: '读取过程中文件发生了变化' },
  'refusal.beyond-end': {
    en: 'it is cut short or damaged: its {what} lies beyond the end of the file',
    zh: '文件不完整或已损坏：其 {what} 超出了文件末尾',
  },
  'refusal.points-beyond': {
    en: 'it is cut short: its {what} points beyond the end of the file',
    zh: '文件不完整：其 {what} 指向文件末尾之外',
  },
  'refusal.too-large-part': { en: "its {what} is larger than any real image's", zh: '其 {what} 大得不合理' },
  'refusal.no-sectors': {
    en: 'it is no disk image known here, and a raw disk would have a multiple of 512 bytes, not {bytes}',
    zh: '无法识别其格式；若为 raw 磁盘，其大小应为 512 字节的整数倍，而它有 {bytes} 字节',
  },
  'refusal.partition-beyond': {
    en: 'it is cut short: its partition table tells of a larger disk',
    zh: '文件不完整：分区表所描述的磁盘更大',
  },
  'refusal.iso-no-volume': { en: 'it has no primary volume descriptor', zh: '缺少主卷描述符' },
  'refusal.iso-volume-damaged': { en: 'its primary volume descriptor is damaged', zh: '主卷描述符已损坏' },
  'refusal.iso-cut-short': {
    en: 'it is cut short: the disc has {disc} bytes, the file {file}',
    zh: '文件不完整：光盘应有 {disc} 字节，文件只有 {file} 字节',
  },
  'refusal.external-data': {
    en: 'it keeps its data in another file (an external data file)',
    zh: '数据保存在另一个文件中（external data file）',
  },
  'refusal.encrypted': { en: 'it is encrypted', zh: '镜像已加密' },
  'refusal.backing-format': { en: 'it says how to read a backing file', zh: '镜像声明了后备文件的读取方式' },
  'refusal.backing-file': {
    en: 'it is only the changes to another file (it has a backing file), and is not a disk without it',
    zh: '它只是另一个文件的增量（含后备文件），离开后备文件不是完整的磁盘',
  },
  'refusal.snapshots': {
    en: 'it holds {count} internal snapshots, and their content would be handed on with it',
    zh: '含有 {count} 个内部快照，其内容会随镜像一起泄露',
  },
  'refusal.marked-damaged': { en: 'it is marked as damaged', zh: '镜像被标记为已损坏' },
  'refusal.not-closed': {
    en: 'it was not closed properly, or is still in use',
    zh: '镜像未正常关闭，或仍在使用中',
  },
  'refusal.unknown-features': {
    en: 'it uses features unknown here (incompatible feature bits {bits})',
    zh: '使用了未知的特性（不兼容特性位 {bits}）',
  },
  'refusal.unknown-compression': {
    en: 'its compression type {type} is unknown',
    zh: '压缩类型 {type} 未知',
  },
  'refusal.unknown-version': {
    en: 'it is a qcow2 image of the unknown version {version}',
    zh: '它是未知版本 {version} 的 qcow2 镜像',
  },
  'refusal.header-cut-short': {
    en: 'it is cut short: a qcow2 image ends within its header',
    zh: '文件不完整：qcow2 文件在头部处中断',
  },
  'refusal.header-end': { en: 'its header does not end where it must', zh: '文件头没有在应有的位置结束' },
  'refusal.impossible': { en: 'its {what} is impossible', zh: '其 {what} 不合理' },
  'refusal.impossible-entry': { en: 'its {what} holds an impossible entry', zh: '其 {what} 含有不合理的条目' },
  'refusal.no-size': { en: 'its disk has no size', zh: '磁盘大小为零' },
  'refusal.disk-too-large': {
    en: 'its disk is larger than the largest possible here ({size|bytes})',
    zh: '磁盘超过了平台允许的最大值（{size|bytes}）',
  },
  'refusal.l1-too-small': { en: 'its L1 table is too small for its disk', zh: 'L1 表与磁盘大小不符' },
  'refusal.no-refcounts': { en: 'it has no refcount table', zh: '缺少 refcount 表' },
  'refusal.misplaced': { en: 'its {what} lies where none can be', zh: '其 {what} 的位置不合理' },
  'refusal.overlap': { en: 'its tables overlap', zh: '内部的表相互重叠' },
  'refusal.damaged-inside': { en: 'it is damaged inside', zh: '内部已损坏' },
  'refusal.cannot-check': { en: 'qemu-img cannot check it: {words}', zh: 'qemu-img 无法检查：{words}' },
  'refusal.cannot-read': { en: 'qemu-img cannot read it: {words}', zh: 'qemu-img 无法读取：{words}' },
  'refusal.not-alone': {
    en: 'qemu-img sees more in it than a disk that stands alone',
    zh: 'qemu-img 认为它不是一块独立的磁盘',
  },
  'refusal.too-slow': { en: 'its check took longer than {seconds} s', zh: '检查用时超过 {seconds} 秒' },

  'cure.convert': {
    en: 'Convert it with: qemu-img convert -O qcow2 <image> <new image>',
    zh: '请转换格式：qemu-img convert -O qcow2 <镜像> <新镜像>',
  },
  'cure.repair': {
    en: 'Check it with: qemu-img check -f qcow2 -r all <image>',
    zh: '请检查并修复：qemu-img check -f qcow2 -r all <镜像>',
  },
  'cure.unpack': { en: 'Unpack it and add what was inside.', zh: '请解压后添加其中的文件。' },
  'cure.choose-disk': { en: 'Choose the file that holds the disk itself.', zh: '请选择磁盘文件本身。' },
  'cure.upload-whole': { en: 'Upload it again, whole.', zh: '请重新完整上传。' },
  'cure.upload-again': { en: 'Upload it again.', zh: '请重新上传。' },
  'cure.upload-as': {
    en: 'It may be cut short; upload it again, whole, as qcow2 or raw.',
    zh: '文件可能不完整；请以 qcow2 或 raw 格式重新完整上传。',
  },
  'cure.iso-again': { en: 'Get the ISO again from its source.', zh: '请从来源重新获取 ISO。' },
  'cure.iso-damaged': {
    en: 'It is damaged; get the ISO again from its source.',
    zh: '文件已损坏，请从来源重新获取 ISO。',
  },
  'cure.make-again': {
    en: 'It is damaged; make it again from its source.',
    zh: '文件已损坏，请从来源重新制作。',
  },
});
