#!/usr/bin/env node
/** Entry point. Loads nothing before the version of Node is known to be new enough. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 20)) {
  process.stderr.write(
    `leakcheck needs Node 22.20 or newer, and this is ${process.versions.node}: install a newer Node from https://nodejs.org\n`,
  );
  process.exitCode = 2;
} else {
  const { main } = await import('./program.ts');
  process.exitCode = await main(process.argv.slice(2));
}
