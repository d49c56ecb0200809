/** What the first word of an address is about. */
export const tags: Readonly<Record<string, string>> = {
  sessions: 'Signing in and out.',
  'first-sign-in': 'Whether the password that the platform made for its first administrator is still the one.',
  users: 'Users and their roles.',
  system: 'The platform as a whole.',
  components: 'Components of the domain (组件).',
  links: 'Links between components (链路).',
  'join-tokens': 'What lets another machine into the domain (加入令牌).',
  'compute-pools': 'Compute pools (计算资源池): sets of nodes, and what instances made in them inherit.',
  nodes: 'Nodes (计算节点): servers that run instances.',
  instances: 'Instances (云主机): virtual machines.',
  images: 'Images (镜像): ISO images to install from, disk images to clone, and their uploads.',
  operations: 'Operations (操作): everything that takes more than one step.',
  events: 'Events (事件): what happened, as a list and as a live feed.',
};
