// The screenshot tour of docs/guide: each step walks to a screen as its reader would and names the image it gives.
// To add a step, add its line and use the image in a page of docs/guide.
//
//   image  file docs/guide/images/IMAGE.png
//   role   as the demonstration prints it beside its accounts, or VISITOR
//   url    where the step begins
//   walk   what the person does from there (optional)
//   width  of the window, when it is not a desk's
//   shows  text that must be on screen for the image to be worth taking

import { APPRENTICE, HOST, TRAINER, lastCohort, ofCohort, ofContract, SCHOOL_HEAD } from './lib/school.mjs';
import { VISITOR } from './lib/session.mjs';

const OFFICER = 'Chargée de mission';
const DATA = 'Gestion des flux';
const HEAD = 'Responsable d’agence';
const ADMIN = 'Administration';
const COUNSELLOR = 'Conseillère';

/** Follows the first link of the page that leads to such an address. */
const follow = (start) => (page) => page.locator(`main tbody a[href^="${start}"]`).first().click();

/** Scrolls so that this title is at the top of the window. */
const see = (page, name) => page.getByRole('heading', { name }).first().evaluate((heading) => heading.scrollIntoView());

const PERSON = '/recherche?q=chelvavarathan+nirmala';

export const steps = [
  { image: 'connexion', role: VISITOR, url: '/connexion', shows: 'Se connecter' },
  { image: 'accueil', role: DATA, url: '/', shows: 'Derniers fichiers' },
  { image: 'recherche', role: HEAD, url: '/recherche?q=alaouy+samya', shows: 'les noms les plus proches' },
  { image: 'personnes', role: HEAD, url: '/personnes', shows: 'Plus de filtres' },
  { image: 'personne', role: HEAD, url: PERSON, walk: follow('/personnes/'), shows: 'Coordonnées' },
  { image: 'personne-telephone', role: HEAD, url: PERSON, walk: follow('/personnes/'), width: 360, shows: 'Identité' },
  {
    image: 'personne-passe',
    role: HEAD,
    url: PERSON,
    walk: async (page) => {
      await follow('/personnes/')(page);
      await page.getByLabel('Telle qu’on la connaissait le').fill('2026-10-15');
      await page.getByLabel('Situation du').fill('2026-10-15');
      await page.getByRole('button', { name: 'Montrer' }).click();
    },
    shows: 'Ce que l’on savait le 15 octobre 2026',
  },
  { image: 'imports', role: DATA, url: '/imports', shows: 'Fichiers reçus' },
  {
    image: 'compte-rendu',
    role: DATA,
    url: '/imports',
    walk: (page) => page.getByRole('link', { name: 'CAF93_RSABEM_20261105.RCV' }).click(),
    shows: 'Ce que ce fichier a fait',
  },
  { image: 'rapprochements', role: DATA, url: '/rapprochements', shows: 'Même personne' },
  { image: 'orienter', role: OFFICER, url: '/orientations', shows: 'Préparer la décision de toute la liste' },
  { image: 'orienter-apercu', role: OFFICER, url: '/orientations/apercu', shows: 'Places restantes' },
  { image: 'orienter-lot', role: OFFICER, url: '/orientations/lots', walk: follow('/orientations/lots/'), shows: 'Structure choisie' },
  { image: 'orienter-personne', role: OFFICER, url: '/orientations', walk: follow('/personnes/'), shows: 'Ce que les règles proposent' },
  {
    image: 'orienter-regles-lues',
    role: OFFICER,
    url: '/orientations',
    walk: async (page) => {
      await follow('/personnes/')(page);
      await see(page, 'Chaque règle, dans l’ordre');
    },
    shows: 'Chaque règle, dans l’ordre',
  },
  {
    image: 'orienter-lettre',
    role: OFFICER,
    url: '/orientations/lots',
    walk: async (page) => {
      await follow('/orientations/lots/')(page);
      await follow('/personnes/')(page);
      await page.getByRole('link', { name: 'Lettre à la personne' }).click();
    },
    shows: 'Votre orientation dans le cadre du RSA',
  },
  { image: 'orienter-simulation', role: OFFICER, url: '/orientations/simulation', walk: (page) => see(page, 'Vers quelles structures'), shows: 'Règles essayées' },
  { image: 'orienter-regles', role: OFFICER, url: '/orientations/regles', shows: 'Règles d’orientation' },
  { image: 'carte', role: HEAD, url: '/territoire', walk: (page) => see(page, 'Agence qui dessert la commune'), shows: 'Communes du département' },
  { image: 'agences', role: HEAD, url: '/territoire/agences', shows: 'Agences locales d’insertion' },
  { image: 'structure', role: HEAD, url: '/territoire/structures/ali-saint-denis', shows: 'Saint-Denis' },
  { image: 'comptes', role: ADMIN, url: '/administration/comptes', shows: 'Créer un compte' },
  {
    image: 'compte',
    role: ADMIN,
    url: '/administration/comptes?q=conseillere%40',
    walk: follow('/administration/comptes/'),
    shows: 'Donner ce mandat',
  },
  { image: 'parametres', role: ADMIN, url: '/administration/parametres', shows: 'Paramètres' },
  { image: 'agence', role: HEAD, url: '/agence', shows: 'Charge par référent' },
  { image: 'repartition', role: HEAD, url: '/agence/repartition?etape=accompanied&tout=oui', shows: 'Confier ces personnes' },
  { image: 'equipe', role: HEAD, url: '/agence/equipe', shows: 'Temps de travail' },
  { image: 'mes-personnes', role: COUNSELLOR, url: '/suivi', width: 360, shows: 'besoin de vous' },
  { image: 'apres-entretien', role: COUNSELLOR, url: '/suivi', walk: follow('/personnes/'), width: 360, shows: 'Après l’entretien' },
  { image: 'appuis', role: 'Travailleuse sociale', url: '/appuis', shows: 'Mes demandes' },
  { image: 'flux', role: 'Chargée de mission', url: '/pilotage/flux', shows: 'Délais à chaque étape' },
  { image: 'journal', role: 'Protection des données', url: '/journal', shows: 'Journal' },
  {
    image: 'ecole',
    role: SCHOOL_HEAD,
    url: '/ecole',
    walk: async (page) => {
      await lastCohort(page);
      await page.goto('/ecole');
    },
    shows: 'Ouvrir une promotion',
  },
  { image: 'ecole-promotion', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort(''), shows: 'À faire' },
  {
    image: 'ecole-referentiel',
    role: SCHOOL_HEAD,
    url: '/ecole/referentiels',
    walk: follow('/ecole/referentiels/'),
    shows: 'Confirmer un élément',
  },
  { image: 'ecole-programme', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/programme'), shows: 'Demi-journées' },
  { image: 'ecole-emploi-du-temps', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/emploi-du-temps'), shows: 'Après-midi' },
  {
    image: 'ecole-proposition',
    role: SCHOOL_HEAD,
    url: '/ecole/moyens',
    walk: async (page) => {
      const absence = page.locator('form').filter({ hasText: 'Qui est absent' });
      await absence.getByLabel(/^Premier jour/).fill('2026-11-30');
      await absence.getByLabel(/^Dernier jour/).fill('2026-12-04');
      await absence.getByRole('button').click();
      await page.getByText('L’absence est notée.').waitFor();
      await ofCohort('/emploi-du-temps/proposition')(page);
    },
    shows: 'Ce qui ne peut plus avoir lieu',
  },
  {
    image: 'ecole-appel',
    role: TRAINER,
    url: '/ecole/mes-semaines',
    walk: (page) => page.getByRole('link', { name: /l’appel/ }).first().click(),
    shows: 'Qui était présent',
  },
  { image: 'mes-places', role: HOST, url: '/places', shows: 'Places offertes' },
  { image: 'mon-parcours', role: APPRENTICE, url: '/mon-parcours', width: 360, shows: 'Prochain cours' },
  { image: 'ecole-contrat', role: SCHOOL_HEAD, url: '/ecole', walk: ofContract(''), shows: 'Délais' },
  { image: 'ecole-alternants', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/alternants'), shows: 'Qui, où, sous quel contrat' },
];
