// The screenshot tour of docs/guide: each step walks to a screen as its reader would and names the image it gives.
// To add a step, add its line and use the image in a page of docs/guide.
//
//   image  file docs/guide/images/IMAGE.png
//   role   as the demonstration prints it beside its accounts, or VISITOR
//   url    where the step begins
//   walk   what the person does from there (optional)
//   shows  text that must be on screen for the image to be worth taking

import { VISITOR } from './lib/session.mjs';

export const steps = [
  { image: 'connexion', role: VISITOR, url: '/connexion', shows: 'Connexion' },
];
