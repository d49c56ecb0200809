/**
 * Builds the console into dist/. `--mode mock` serves it together with the mock back end (mock-api/), so that `npm run dev`
 * needs no platform; without it `/api` is passed on to ZHIYUN_URL, a platform that runs.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { mockApi } from './mock-api/vite-plugin.ts';
import { pagePaths } from './src/app/page-paths.ts';
import { readyToServe } from './tools/ready-to-serve.ts';

export default defineConfig(({ mode }) => {
  const platform = process.env.ZHIYUN_URL;
  return {
    plugins: [
      react(),
      readyToServe(pagePaths),
      ...(mode === 'mock'
        ? [
            mockApi({
              instances: Number(process.env.ZHIYUN_MOCK_INSTANCES ?? 137),
              nodes: Number(process.env.ZHIYUN_MOCK_NODES ?? 4),
            }),
          ]
        : []),
    ],
    build: {
      target: 'es2023',
      sourcemap: false,
      modulePreload: { polyfill: false },
      manifest: true,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 600,
    },
    server: {
      host: '127.0.0.1',
      ...(platform && mode !== 'mock' ? { proxy: { '/api': { target: platform, secure: false, ws: true } } } : {}),
    },
    preview: { host: '127.0.0.1' },
  };
});
