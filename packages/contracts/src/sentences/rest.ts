/** Sentences about requests themselves: what was sent, not what it asks for (请求). */
import { defineSentences } from './sentence.ts';

export const restSentences = defineSentences({
  'rest.not-valid': { en: 'The request is not valid: {reasons}.', zh: '请求内容有误：{reasons}。' },
  'rest.field-reason': { en: '{field} {reason}', zh: '{field}：{reason}' },
  'rest.part-path': { en: 'the path', zh: '路径' },
  'rest.part-query': { en: 'the query', zh: '查询参数' },
  'rest.part-body': { en: 'the body', zh: '请求体' },
  'rest.nothing-here': { en: 'There is nothing at {path}.', zh: '地址 {path} 不存在。' },
  'rest.method': { en: 'This address takes {allowed}, not {method}.', zh: '此地址只接受 {allowed}，不接受 {method}。' },
  'rest.no-body': { en: 'This route takes no body.', zh: '此接口不接受请求体。' },
  'rest.media-type': { en: 'Send the body as application/json.', zh: '请求体须为 application/json。' },
  'rest.body-too-large': { en: 'The body is larger than this API takes.', zh: '请求体超过了接口允许的大小。' },
  'rest.body-length': {
    en: 'The body is not as long as its Content-Length says.',
    zh: '请求体的长度与 Content-Length 不符。',
  },
  'rest.address': { en: 'The address is not well formed.', zh: '请求地址的格式有误。' },
  'rest.json': { en: 'The body is not valid JSON: {reason}.', zh: '请求体不是有效的 JSON：{reason}。' },
  'rest.json-depth': {
    en: 'The body is nested more than {levels} levels deep.',
    zh: '请求体的嵌套超过了 {levels} 层。',
  },
  'rest.json-key': { en: 'The key "{key}" is not allowed.', zh: '不允许使用键“{key}”。' },
  'rest.json-twice': { en: 'The key "{key}" is there twice.', zh: '键“{key}”重复。' },
  'rest.cursor': { en: 'The cursor {reason}.', zh: '翻页标记{reason}。' },
  'rest.header': { en: 'The header {header} {reason}.', zh: '请求头 {header} {reason}。' },
  'rest.too-many-feeds': {
    en: 'At most {perUser} live feeds per user and {total} in all; close one first.',
    zh: '每个用户最多 {perUser} 个实时连接，总共最多 {total} 个；请先关闭一个。',
  },
});
