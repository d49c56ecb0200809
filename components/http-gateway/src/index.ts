export * from './http-gateway.ts';
