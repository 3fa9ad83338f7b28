// Three groups of tests: unit (fast, parallel), processes (kill and restart real processes, one at a time) and e2e (Chromium).
import { defineConfig } from 'vitest/config';

const PROCESS_TESTS = ['test/chaos/**/*.test.ts'];
const BROWSER_TESTS = ['test/e2e/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: [...PROCESS_TESTS, ...BROWSER_TESTS],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      { test: { name: 'processes', include: PROCESS_TESTS, testTimeout: 900_000, hookTimeout: 240_000, maxWorkers: 2 } },
      { test: { name: 'e2e', include: BROWSER_TESTS, testTimeout: 300_000, hookTimeout: 240_000, fileParallelism: false } },
    ],
  },
});
