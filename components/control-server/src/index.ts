export { type ControlServer, type ControlServerOptions, createControlServer } from './control-server.ts';
export { firstUsername } from './identity/ensure-admin.ts';
