export type { ForwardedHeaders, ProxyOptions } from './client.ts';
export * from './http-gateway.ts';
