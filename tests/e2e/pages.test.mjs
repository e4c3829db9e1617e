// Every page template in the full matrix (see lib/matrix.mjs).

import { test } from 'node:test';
import { checkPage } from './lib/matrix.mjs';
import { suite } from './lib/suite.mjs';
import { pages } from './pages.mjs';

const { visit } = suite();

for (const entry of pages) {
  test(`page ${entry.name}`, (t) => checkPage(t, visit, entry));
}
