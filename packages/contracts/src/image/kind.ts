/** Images, as a kind. */
import type { z } from 'zod';
import { defineKind } from '../kind/define-kind.ts';
import type { Words } from '../sentences/sentence.ts';
import type { ImageState } from './image.ts';

export const imageKind = defineKind({
  name: 'image',
  plural: 'images',
  noun: { en: 'image', zh: '镜像' },
  about: 'Images (镜像): ISO images to install from, disk images to clone, and their uploads.',
  permissions: { read: 'viewer', write: 'operator', import: 'administrator' },
  operations: {
    check: { en: 'Check image', zh: '校验镜像' },
    import: { en: 'Import image', zh: '导入镜像' },
    delete: { en: 'Delete image', zh: '删除镜像' },
    move: { en: 'Move image', zh: '移动镜像' },
  },
  events: {
    created: { en: 'Image was registered', zh: '镜像已登记' },
    changed: { en: 'Image was changed', zh: '镜像信息已修改' },
    moved: { en: 'Image moved to another Storage Server', zh: '镜像已移到另一台存储服务器' },
    deleted: { en: 'Image was deleted', zh: '镜像已删除' },
    'state-changed': { en: 'Image is now: {to}', zh: '镜像状态变为“{to}”', words: { to: 'word.image.state' } },
  },
  words: {
    state: {
      uploading: { en: 'Uploading', zh: '上传中' },
      checking: { en: 'Checking', zh: '校验中' },
      ready: { en: 'Ready', zh: '可用' },
      failed: { en: 'Failed', zh: '不可用' },
      deleting: { en: 'Deleting', zh: '删除中' },
    } satisfies Record<ImageState, Words>,
  },
  stale: ['system'],
});
export const imageIdSchema = imageKind.idSchema;
export type ImageId = z.infer<typeof imageIdSchema>;
