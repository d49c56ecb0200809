/** Sentences about images (镜像) and the Storage Servers that keep them (存储服务器). */
import { defineSentences } from './sentence.ts';

export const imageSentences = defineSentences({
  'image.there-already': {
    en: 'Image «{name}» is on that Storage Server already, or on none.',
    zh: '镜像“{name}”已在该存储服务器上，或不在任何存储服务器上。',
  },
  'image.just-moved': {
    en: 'Image «{name}» was just moved to another Storage Server; try again.',
    zh: '镜像“{name}”刚被移到另一台存储服务器，请重试。',
  },
  'image.moved-meanwhile': {
    en: 'The image was moved or deleted while it was copied.',
    zh: '复制过程中镜像被移动或删除。',
  },
  'image.gone': { en: 'The image is no more.', zh: '镜像已不存在。' },
  'image.keeper-offline': {
    en: 'The Storage Server «{name}» is not online, or is being removed; choose another one, or wait until it is back.',
    zh: '存储服务器“{name}”不在线或正在移除；请选择另一台，或等待其恢复。',
  },
  'image.keeper-full': {
    en: 'The Storage Server «{name}» has no room for {needed|bytes}: {free|bytes} are free. Delete images that are not used any more, or choose another one.',
    zh: '存储服务器“{name}”空间不足：需要 {needed|bytes}，剩余 {free|bytes}。请删除不用的镜像，或选择另一台。',
  },
  'image.no-keeper': {
    en: '«{reference}» is a {type}, which keeps no images.',
    zh: '“{reference}”是{type}，不保存镜像。',
  },
  'image.no-storage-server': {
    en: 'No Storage Server that takes images is online; start one, or wait until it has joined.',
    zh: '没有可用的存储服务器在线；请启动一台，或等待其加入。',
  },
  'image.all-full': {
    en: 'No Storage Server has room for {needed|bytes}: the most, {free|bytes}, has «{name}». Delete images that are not used any more, or add a Storage Server.',
    zh: '没有存储服务器能容纳 {needed|bytes}：剩余最多的是“{name}”，{free|bytes}。请删除不用的镜像，或增加存储服务器。',
  },
  'image.takes-no-bytes': {
    en: 'Image «{name}» is {state}; it takes no bytes.',
    zh: '镜像“{name}”{state}，不再接收数据。',
  },
  'image.cannot-become': {
    en: 'Image «{name}» is {state}; it cannot become {to} now.',
    zh: '镜像“{name}”{state}，现在不能变为“{to}”。',
  },
  'image.only-ready-moves': {
    en: 'Image «{name}» is {state}; only a ready one can be moved.',
    zh: '镜像“{name}”{state}，只有可用的镜像才能移动。',
  },
  'image.used-by': {
    en: 'Image «{name}» is used by {names}; delete them first.',
    zh: '镜像“{name}”正被 {names} 使用，请先删除它们。',
  },
  'image.state-uploading': { en: 'uploading', zh: '正在上传' },
  'image.state-checking': { en: 'being checked', zh: '正在校验' },
  'image.state-ready': { en: 'ready', zh: '可用' },
  'image.state-failed': { en: 'failed', zh: '不可用' },
  'image.state-deleting': { en: 'being deleted', zh: '正在删除' },
  'image.import-wrong': { en: '{path} cannot be imported: {reason}.', zh: '无法导入 {path}：{reason}。' },
  'image.import-relative': { en: 'it is not an absolute path', zh: '不是绝对路径' },
  'image.import-missing': { en: 'there is no such file on the Storage Server', zh: '存储服务器上没有这个文件' },
  'image.import-link': { en: 'it is a symbolic link; name the file itself', zh: '它是符号链接，请直接指定文件本身' },
  'image.import-denied': { en: 'the Storage Server may not read it', zh: '存储服务器无权读取' },
  'image.import-irregular': { en: 'it is not a regular file', zh: '它不是普通文件' },
  'image.import-unopened': { en: 'it cannot be opened', zh: '无法打开' },
  'image.import-nowhere': { en: 'no image can be there', zh: '该位置不可能存放镜像' },
  'image.import-own': { en: 'it belongs to the platform itself', zh: '它属于平台自身' },
  'image.offer-invalid': {
    en: 'This offer of an image is for another Storage Server, was used already, or is too old.',
    zh: '该镜像传送凭据属于其他存储服务器、已被使用或已过期。',
  },
  'image.other-storage-away': {
    en: 'The Storage Server «{name}» cannot be reached from this one: {reason}',
    zh: '无法从此存储服务器连接存储服务器“{name}”：{reason}',
  },
  'image.not-here': { en: 'This Storage Server has no image {id}.', zh: '该存储服务器上没有镜像 {id}。' },
  'image.no-upload': { en: 'This Storage Server has no upload {id}.', zh: '该存储服务器上没有上传任务 {id}。' },
  'image.upload-incomplete': {
    en: 'Only {arrived} of {total} bytes of the upload {id} have arrived.',
    zh: '上传任务 {id} 只收到 {arrived} / {total} 字节。',
  },
  'image.bytes-arrived': {
    en: '{arrived} bytes of the image arrived instead of {expected}.',
    zh: '镜像应有 {expected} 字节，只收到 {arrived} 字节。',
  },
});
