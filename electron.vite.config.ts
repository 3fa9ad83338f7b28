// Builds the three parts of the desktop app; the Node host serves the same renderer.
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { writeStamp } from './scripts/build-stamp.mjs';

export default defineConfig({
  main: {
    plugins: [{ name: 'build-stamp', closeBundle: () => writeStamp() }],
    build: {
      outDir: 'out/main',
      externalizeDeps: true,
      rollupOptions: {
        input: {
          main: resolve('src-main/hosts/electron/main.ts'),
          inference: resolve('src-worker/inference.ts'),
          training: resolve('src-worker/training.ts'),
          venue: resolve('src-worker/venue.ts'),
          review: resolve('src-main/hosts/review/process.ts'),
          'backtest-runs': resolve('src-main/hosts/backtest/run-thread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: { input: { preload: resolve('src-main/hosts/electron/preload.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [react()],
    build: { outDir: resolve('out/renderer'), emptyOutDir: true, minify: true, sourcemap: false, rollupOptions: { input: resolve('src-renderer/index.html') } },
  },
});
