/** Sentences about images and the disks they and everything else lie on (镜像、磁盘). */
import { defineSentences } from './sentence.ts';

export const storageSentences = defineSentences({
  'disk.no-room-for': {
    en: 'The disk of {where} is full: {needed|bytes} are needed, {free|bytes} are free. Free space there, or give it a larger disk.',
    zh: '{where}的磁盘空间不足：需要 {needed|bytes}，剩余 {free|bytes}。请释放空间或扩大磁盘。',
  },
  'disk.no-room': {
    en: 'The disk of {where} is full: {free|bytes} are free. Free space there, or give it a larger disk.',
    zh: '{where}的磁盘空间不足：剩余 {free|bytes}。请释放空间或扩大磁盘。',
  },
  'disk.no-inodes': {
    en: 'No file can be made any more on the disk of {where}: of its {total} inodes {free} are free ({freeBytes|bytes} of space are). Remove small files there that nobody needs, or make a file system with more inodes.',
    zh: '{where}的磁盘无法再创建文件：共 {total} 个 inode，剩余 {free} 个（空间剩余 {freeBytes|bytes}）。请删除不需要的小文件，或使用 inode 更多的文件系统。',
  },
  'disk.quota': {
    en: 'The quota on the disk of {where} is used up ({freeBytes|bytes} of space are free). Raise the quota, or free space.',
    zh: '{where}的磁盘配额已用完（空间剩余 {freeBytes|bytes}）。请提高配额或释放空间。',
  },
  'disk.database-full': {
    en: 'The disk of the database is full, so nothing can be written down. Free space on the machine that keeps the database; running instances are not affected.',
    zh: '数据库所在磁盘已满，无法写入任何记录。请在存放数据库的机器上释放空间；正在运行的云主机不受影响。',
  },
  'disk.some-full': {
    en: 'No space is left on a disk of the platform. `zhiyun doctor` on its machines says which.',
    zh: '平台的某块磁盘已满。请在各台机器上执行 `zhiyun doctor` 查看。',
  },
  'disk.of-storage-server': { en: 'the Storage Server', zh: '存储服务器' },
  'disk.of-node': { en: 'the node', zh: '计算节点' },
  'image.keeper-gone': {
    en: 'The image «{name}» cannot be fetched: its Storage Server «{keeper}» cannot be reached, and no node has the image yet. Bring that machine back, or choose another image.',
    zh: '无法获取镜像“{name}”：存放它的存储服务器“{keeper}”无法连接，且尚无计算节点缓存该镜像。请恢复该服务器，或选择其他镜像。',
  },
  'image.on-none-online': {
    en: 'The image {image} is on none of the Storage Servers that can be reached; the one that keeps it is not online.',
    zh: '可连接的存储服务器上都没有镜像 {image}，存放它的那台不在线。',
  },
});
