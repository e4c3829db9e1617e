// Every page template of the application, once. To add a page, add its line.
//
//   name    of the tests and of the golden file
//   role    as the demonstration prints it beside its accounts, or VISITOR
//   url     a page that shows the template with data
//   status  expected, when it is not 200
//   golden  true: the page as a screen reader tells it is kept in golden/NAME.yml

import { VISITOR } from './lib/session.mjs';

export const pages = [
  { name: 'connexion', role: VISITOR, url: '/connexion', golden: true },
  { name: 'charte', role: VISITOR, url: '/charte' },
];
