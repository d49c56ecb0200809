/**
 * Builds the console into dist/. In development `/api` is passed on to ZHIYUN_URL, a platform that runs: `npm run dev:console` of the
 * whole house begins one on simulated machines.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { readyToServe } from './tools/ready-to-serve.ts';

/**
 * What many parts share comes in few files: each file is a round trip, and what is small compresses badly alone. The door (before
 * anybody is signed in) needs the first group only.
 */
const chunkGroups = [
  {
    name: 'door',
    test: /web-terminal\/src\/(?:door\/|app\/(?:i18n|preferences|paths|use-dark)\.|util\/load-chunk\.)|vite\/preload-helper/,
    priority: 60,
  },
  {
    name: 'react',
    test: /node_modules\/(?:react|react-dom|scheduler|use-sync-external-store|i18next|react-i18next|html-parse-stringify|void-elements)\//,
    priority: 50,
  },
  { name: 'data', test: /node_modules\/(?:zod|react-router|@tanstack)\/|packages\/contracts\//, priority: 40 },
  { name: 'antd', test: /node_modules\/(?:antd|@ant-design|@rc-component)\//, minShareCount: 30, priority: 30 },
  { name: 'shared', test: /web-terminal\/src\/(?:api|app|components|util)\//, minShareCount: 6, priority: 10 },
];

export default defineConfig(() => {
  const platform = process.env.ZHIYUN_URL;
  return {
    plugins: [react(), readyToServe()],
    build: {
      target: 'es2023',
      sourcemap: false,
      modulePreload: { polyfill: false },
      manifest: true,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 900,
      rolldownOptions: { output: { codeSplitting: { groups: chunkGroups } } },
    },
    server: {
      host: '127.0.0.1',
      ...(platform ? { proxy: { '/api': { target: platform, secure: false, ws: true } } } : {}),
    },
    preview: { host: '127.0.0.1' },
  };
});
