// The whole browser suite against one demonstration: `node run.mjs [--tap FILE] [TEST FILE…]`.
//
// Starts the server once, hands it to the test files, and ends with their status. `--tap` keeps the results in a file
// that a program can read. Journeys change what the demonstration holds: they come last.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HANDED_OVER, startServer } from './lib/server.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

const { values, positionals } = parseArgs({ options: { tap: { type: 'string' } }, allowPositionals: true });
const files =
  positionals.length > 0
    ? positionals.map((file) => resolve(file))
    : readdirSync(HERE, { recursive: true })
        .filter((file) => file.endsWith('.test.mjs') && !file.startsWith('node_modules'))
        .sort((a, b) => a.startsWith('journeys') - b.startsWith('journeys') || a.localeCompare(b))
        .map((file) => resolve(HERE, file));

const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
if (values.tap) reporters.push('--test-reporter=tap', `--test-reporter-destination=${resolve(values.tap)}`);

const jonction = await startServer();
const { stop, ...handedOver } = jonction;
try {
  const tests = spawn(process.execPath, ['--test', '--test-concurrency=1', ...reporters, ...files], {
    cwd: HERE,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, [HANDED_OVER]: JSON.stringify(handedOver) },
  });
  const [code] = await once(tests, 'exit');
  process.exitCode = code ?? 1;
} finally {
  await stop();
}
