/** Sentences of the way in: what the Http Gateway (Http网关) and the REST layer say themselves. */
import { defineSentences } from './sentence.ts';

export const gatewaySentences = defineSentences({
  'gateway.control-unsure': {
    en: 'The Control Server went away while it worked on this request, which may have been carried out or not; look before you send it again.',
    zh: '主控节点在处理此请求时断开，请求可能已执行，也可能没有；请先查看结果，再决定是否重发。',
  },
  'gateway.no-control': {
    en: 'No Control Server can be reached right now. Running instances are not touched; try again in a moment, or look at `zhiyun status`.',
    zh: '暂时无法连接任何主控节点。运行中的云主机不受影响；请稍后重试，或执行 `zhiyun status` 查看。',
  },
  'gateway.upload-keeper-away': {
    en: 'The Storage Server that has this upload cannot be reached right now; the upload can be continued later from where it is.',
    zh: '暂时无法连接保存此上传任务的存储服务器；稍后可从断点继续上传。',
  },
  'gateway.node-away': {
    en: 'The node of this instance cannot be reached right now.',
    zh: '暂时无法连接该云主机所在的计算节点。',
  },
  'gateway.no-socket': {
    en: 'There is no WebSocket here; ask for a display or serial ticket first.',
    zh: '这里没有 WebSocket；请先获取显示或串口的票据。',
  },
  'gateway.bad-host': {
    en: 'The header Host must name the platform as it stands in the address: name[:port].',
    zh: 'Host 请求头须为地址中的主机名（可带端口）。',
  },
  'gateway.bad-request': {
    en: 'This is not a well-formed HTTP request.',
    zh: '这不是格式正确的 HTTP 请求。',
  },
  'gateway.headers-too-large': {
    en: 'The headers of the request have more than {limit|bytes}.',
    zh: '请求头超过 {limit|bytes}。',
  },
  'gateway.unknown-expectation': {
    en: 'The only expectation that can be met is 100-continue.',
    zh: '仅支持 Expect: 100-continue。',
  },
  'gateway.cross-site': {
    en: 'The request came from a page of another site and was not carried out. If this page is the console itself behind a reverse proxy, set publicUrl to the address in the browser.',
    zh: '请求来自其他站点的页面，未予执行。如果这就是经由反向代理访问的控制台，请将 publicUrl 设为浏览器中的地址。',
  },
  'gateway.cross-site-console': {
    en: 'Another site may not open a console.',
    zh: '其他站点不得打开控制台。',
  },
  'gateway.body-too-large': {
    en: 'The body has more than {limit|bytes}; REST takes small JSON. Files are sent to the uploadUrl of an image.',
    zh: '请求内容超过 {limit|bytes}；REST 接口只接收较小的 JSON。文件应发送到镜像的 uploadUrl。',
  },
  'gateway.body-too-slow': {
    en: 'The body did not arrive within {within|seconds}.',
    zh: '请求内容未在 {within|seconds}内到达。',
  },
  'gateway.headers-too-slow': {
    en: 'The headers of the request did not arrive within {within|seconds}.',
    zh: '请求头未在 {within|seconds}内到达。',
  },
  'gateway.too-many-bodies': {
    en: 'Too many requests of this address are still arriving; let some of them end first.',
    zh: '来自该地址的未完成请求过多，请等待其中一些完成。',
  },
  'gateway.use-https': {
    en: 'This port speaks HTTPS: the address begins with https://. What was just sent was sent in the clear; change any password in it.',
    zh: '此端口使用 HTTPS，地址应以 https:// 开头。刚才的内容以明文发送；如其中含有密码，请更换。',
  },
  'gateway.not-passed-on': {
    en: 'The request could not be passed on; try again in a moment.',
    zh: '请求未能转发，请稍后重试。',
  },
  'gateway.not-answered': {
    en: 'The request could not be answered.',
    zh: '请求未能得到处理。',
  },
  'gateway.console-not-opened': {
    en: 'The console could not be opened.',
    zh: '控制台未能打开。',
  },
  'gateway.upload-broken': {
    en: 'The connection to the Storage Server broke; continue the upload from where it is.',
    zh: '与存储服务器的连接中断；请从当前位置续传。',
  },
  'gateway.unknown-upload': {
    en: 'There is no upload «{id}».',
    zh: '没有上传任务“{id}”。',
  },
  'gateway.database-away': {
    en: 'The database cannot be reached right now. Running instances are not touched; `zhiyun status` on the server and its log say more.',
    zh: '目前无法连接数据库。运行中的云主机不受影响；服务器上的 `zhiyun status` 和日志有详细说明。',
  },
  'gateway.database-away-change-unknown': {
    en: 'The database went away at this moment, and whether the change was kept is not known; look before you make it again. `zhiyun status` on the server and its log say more.',
    zh: '此时与数据库的连接中断，尚不知更改是否已保存；请先查看再决定是否重试。服务器上的 `zhiyun status` 和日志有详细说明。',
  },
  'gateway.tus-version': {
    en: 'The header Tus-Resumable must be {version}.',
    zh: 'Tus-Resumable 请求头须为 {version}。',
  },
  'gateway.upload-type': {
    en: 'Send the bytes with Content-Type: application/offset+octet-stream.',
    zh: '发送数据时 Content-Type 须为 application/offset+octet-stream。',
  },
});
