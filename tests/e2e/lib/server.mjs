// Starts the built binary on a throw-away demonstration, and tells how to reach it.
//
// `run.mjs` starts one server for the whole suite and hands its address to the test files through the environment; a
// test file run alone (`node --test journeys/x.test.mjs`) starts its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const BINARY = resolve(process.env.JONCTION_BINARY ?? join(ROOT, 'target/debug/jonction'));

/** How long the demonstration may take to be ready before we give up: generous, it is no measure of speed. */
const PATIENCE_MS = 300_000;

/** The name under which the suite's server is handed to the test files. */
export const HANDED_OVER = 'JONCTION_E2E_SERVER';

/** What the `demo` command prints, read in one place. */
const ADDRESS_LINE = /^\s*Jonction\s*:\s*(http:\/\/\S+?)\/?\s*$/u;
const ACCOUNT_LINE = /^\s{2,}(?<role>\S.*?)\s{2,}(?<email>\S+@\S+)\s{2,}(?<password>\S+)\s*$/u;

/**
 * The server to test: the suite's, or one of our own.
 *
 * @returns {Promise<{url: string, accounts: Record<string, {email: string, password: string}>, sessions: string,
 *   stop: () => Promise<void>}>} `accounts` by role as the demonstration names them; `sessions`: a folder to keep signed-in
 *   sessions in.
 */
export async function server() {
  const handedOver = process.env[HANDED_OVER];
  if (handedOver) return { ...JSON.parse(handedOver), stop: async () => {} };
  return startServer();
}

export async function startServer() {
  const directory = await mkdtemp(join(tmpdir(), 'jonction-e2e-'));
  const child = spawn(
    BINARY,
    ['demo', '--size', 'small', '--dir', join(directory, 'data'), '--listen', '127.0.0.1:0'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } },
  );
  const log = [];
  const accounts = {};
  let ended;

  const stop = async () => {
    if (ended === undefined) {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await Promise.race([exit, pause(10_000, undefined, { ref: false })]);
      if (ended === undefined) {
        child.kill('SIGKILL');
        await exit;
      }
    }
    await rm(directory, { recursive: true, force: true });
  };

  const url = new Promise((told) => {
    const read = (stream) =>
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        const address = ADDRESS_LINE.exec(line);
        if (address) told(address[1]);
        const account = ACCOUNT_LINE.exec(line);
        if (account) {
          const { role, email, password } = account.groups;
          accounts[role] = { email, password };
        }
      });
    read(child.stdout);
    read(child.stderr);
  });
  const failure = new Promise((_, reject) => {
    child.on('error', (error) => {
      ended = error.message;
      reject(new Error(`${BINARY} does not start: ${error.message}. Build it: cargo build -p jonction`));
    });
    child.on('exit', (code, signal) => {
      ended = `code ${code}, signal ${signal}`;
      reject(new Error(`jonction demo ended (${ended}):\n${log.join('\n')}`));
    });
  });
  failure.catch(() => {});

  try {
    const base = await Promise.race([url, failure, outOfPatience('no address printed', log)]);
    await Promise.race([ready(base), failure, outOfPatience('never ready (/sante/pret)', log)]);
    return { url: base, accounts, sessions: directory, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(base) {
  for (;;) {
    const response = await fetch(`${base}/sante/pret`).catch(() => undefined);
    if (response?.status === 200) return;
    await pause(100);
  }
}

async function outOfPatience(what, log) {
  await pause(PATIENCE_MS, undefined, { ref: false });
  throw new Error(`jonction demo: ${what} after ${PATIENCE_MS / 1000} s:\n${log.join('\n')}`);
}
