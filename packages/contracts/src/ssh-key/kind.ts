/** SSH keys, as a kind. */
import type { z } from 'zod';
import { defineKind } from '../kind/define-kind.ts';

export const sshKeyKind = defineKind({
  name: 'ssh-key',
  plural: 'ssh-keys',
  few: true,
  owned: true,
  noun: { en: 'SSH key', zh: 'SSH 密钥' },
  about: 'SSH keys (SSH 密钥): public keys of the user who asks, for signing in to instances.',
  permissions: { read: 'viewer', write: 'operator' },
  events: {
    created: { en: 'SSH key was added ({fingerprint})', zh: 'SSH 密钥已添加（{fingerprint}）' },
    deleted: { en: 'SSH key was deleted ({fingerprint})', zh: 'SSH 密钥已删除（{fingerprint}）' },
  },
  sentences: {
    'ssh-key.known': {
      en: 'This key is there already: it is your SSH key «{name}».',
      zh: '该公钥已存在，即您的 SSH 密钥“{name}”。',
    },
    'field.ssh-key-known': { en: 'is there already: your SSH key «{name}»', zh: '已存在：您的 SSH 密钥“{name}”' },
    'field.ssh-key-private': {
      en: 'is a private key, which nobody else may ever see: send the public one, from the file that ends in .pub',
      zh: '是私钥，绝不能交给他人：请使用公钥，即以 .pub 结尾的文件的内容',
    },
    'field.ssh-key-format': {
      en: 'is in another format; convert it to one line with: ssh-keygen -i -m {format} -f FILE',
      zh: '是另一种格式，请先转换为一行：ssh-keygen -i -m {format} -f 文件',
    },
    'field.ssh-key-lines': { en: 'must be one key on one line', zh: '只能是一行中的一个公钥' },
    'field.ssh-key-shape': {
      en: 'must be an OpenSSH public key, like: ssh-ed25519 AAAA… comment',
      zh: '须为 OpenSSH 公钥，形如：ssh-ed25519 AAAA… 备注',
    },
    'field.ssh-key-options': {
      en: 'must begin with the type of the key, without options before it',
      zh: '须以密钥类型开头，前面不能有选项',
    },
    'field.ssh-key-certificate': {
      en: 'is a certificate; send the key that it was made for',
      zh: '是证书，请使用签发前的公钥',
    },
    'field.ssh-key-weak-type': {
      en: 'is of the type {type}, which no longer counts as safe: make a new one with ssh-keygen -t ed25519',
      zh: '类型 {type} 已不再安全，请用 ssh-keygen -t ed25519 生成新的密钥',
    },
    'field.ssh-key-type': {
      en: 'is of the type {type}; possible are {types}',
      zh: '类型 {type} 不受支持；可用：{types}',
    },
    'field.ssh-key-base64': { en: 'is damaged: it is not valid Base64', zh: '内容已损坏：不是有效的 Base64' },
    'field.ssh-key-other-type': {
      en: 'is damaged: it says {type} but holds {held}',
      zh: '内容已损坏：标明 {type}，实际为 {held}',
    },
    'field.ssh-key-length': { en: 'is cut short or damaged', zh: '内容不完整或已损坏' },
    'field.ssh-key-rsa-bits': {
      en: 'is an RSA key of {bits} bits; it must have {least} to {most}',
      zh: '是 {bits} 位的 RSA 密钥，须为 {least} 至 {most} 位',
    },
    'field.ssh-key-comment': {
      en: 'has a comment with characters that do not print, or of more than {value}',
      zh: '备注含有不可见字符，或超过 {value} 个字符',
    },
  },
  columns: [
    { field: 'name', en: 'Name', zh: '名称' },
    { field: 'type', en: 'Type', zh: '类型' },
    { field: 'fingerprint', en: 'Fingerprint', zh: '指纹', as: 'code' },
    { field: 'comment', en: 'Comment', zh: '备注' },
    { field: 'createdAt', en: 'Created', zh: '创建时间', as: 'time' },
  ],
});
export const sshKeyIdSchema = sshKeyKind.idSchema;
export type SshKeyId = z.infer<typeof sshKeyIdSchema>;
