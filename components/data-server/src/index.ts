export { createDataServer, type DataServer, type DataServerOptions } from './data-server.ts';
