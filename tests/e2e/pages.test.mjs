// Every page template in the full matrix (see lib/matrix.mjs).

import { describe, test } from 'node:test';
import { checkPage } from './lib/matrix.mjs';
import { suite } from './lib/suite.mjs';
import { pages } from './pages.mjs';

const { visit } = suite();

// Two at a time, each in a context of its own: while one waits for the server, the other is looked at.
describe('pages', { concurrency: 2 }, () => {
  for (const entry of pages) {
    test(`page ${entry.name}`, (t) => checkPage(t, visit, entry));
  }
});
