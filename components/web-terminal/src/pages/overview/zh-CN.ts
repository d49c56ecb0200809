const words = {
  title: '总览',
  subtitle: '{{domain}} · 版本 {{version}} · 已运行 {{uptime}}',
  capacity: '资源容量',
  instances: '云主机状态',
  nodes: '计算节点',
  components: '平台组件',
  recentOperations: '最近操作',
  recentEvents: '最近事件',
  noOperations: '还没有操作记录',
  noEvents: '还没有事件',
  componentsOnline: '{{online}} / {{all}} 在线',
  next: {
    title: '开始使用',
    imageTitle: '上传镜像',
    image: '上传 ISO 镜像或主机镜像，作为云主机的安装来源。',
    imageAction: '上传镜像',
    instanceTitle: '创建云主机',
    instance: '选择镜像和规格，几秒钟即可启动。',
    instanceAction: '创建云主机',
    consoleTitle: '打开控制台',
    console: '在浏览器里查看云主机的屏幕，使用串口终端。',
    done: '已完成',
  },
};

export default words;

declare module '../../locales/catalogue.ts' {
  interface PageCatalogues {
    overview: typeof words;
  }
}
