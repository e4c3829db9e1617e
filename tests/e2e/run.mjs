// The whole browser suite against one demonstration: `node run.mjs [--tap FILE] [TEST FILE…]`.
//
// Starts the server once, hands it to the test files, and ends with their status. `--tap` keeps the results in a file
// that a program can read. Journeys change what the demonstration holds: they come last.

import { once } from 'node:events';
import { createWriteStream, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec, tap } from 'node:test/reporters';
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

const jonction = await startServer();
const { stop, ...handedOver } = jonction;
try {
  process.env[HANDED_OVER] = JSON.stringify(handedOver);
  // Not `node --test`, which puts the files in an order of its own.
  const results = run({ files, concurrency: 1 });
  results.on('test:fail', () => {
    process.exitCode = 1;
  });
  const file = values.tap && results.compose(tap).pipe(createWriteStream(values.tap));
  const shown = results.compose(new spec());
  shown.pipe(process.stdout, { end: false });
  await Promise.all([once(shown, 'end'), file && finished(file)]);
} finally {
  await stop();
}
