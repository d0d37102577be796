import { defineConfig } from 'vitest/config';

const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      { test: { ...timeouts, name: 'main', include: ['test/**/*.test.ts'], exclude: ['test/probed/**'] } },
      // Runs the examples of all rules in real Python processes: slower, so a suite of its own.
      {
        test: {
          name: 'probed',
          include: ['test/probed/*.test.ts'],
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
        },
      },
    ],
  },
});
