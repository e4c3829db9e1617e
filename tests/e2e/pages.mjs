// Every page template of the application, once. To add a page, add its line.
//
//   name    of the tests and of the golden file
//   role    as the demonstration prints it beside its accounts, or VISITOR
//   url     a page that shows the template with data
//   link    the page is behind the first link of `url` that looks like this
//   query   added to that link
//   walk    what is done on the page before it is looked at (a form sent with mistakes, say)
//   status  expected, when it is not 200
//   golden  true: the page as a screen reader tells it is kept in golden/NAME.yml

import { APPRENTICE, firstFile, HOST, lastCohort, ofCohort, ofContract, SCHOOL_HEAD, TRAINER } from './lib/school.mjs';
import { fillSignIn, VISITOR } from './lib/session.mjs';

const OFFICER = 'Chargée de mission';
const DATA = 'Gestion des flux';
const HEAD = 'Responsable d’agence';
const COUNSELLOR = 'Conseillère';
const ADMIN = 'Administration';
const DISTRICT = 'Conseillère sociale';
const SOCIAL = 'Travailleuse sociale';
const MISSION = 'Chargée de mission';
const AUDITOR = 'Protection des données';
const OPERATOR = 'Exploitation';

const send = (page, name) => page.locator('main').getByRole('button', { name }).click();
const file = (text, name) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });

/** A table of one person whom nobody knows, as far as the choice of its columns. */
const depositTable = async (page) => {
  const rows = 'Nom;Prénom;Date de naissance;Date;NATLOG\nPERSONNE;Inconnue;12/05/1981;01/10/2026;0901\n';
  await page.getByLabel(/Questionnaires de la demande/).check();
  await page.getByLabel(/^Situation au/).fill('2026-10-31');
  await page.getByLabel(/^Fichier(?! de France)/).setInputFiles(file(rows, 'questionnaires.csv'));
  await send(page, 'Déposer et vérifier');
  await page.getByRole('heading', { name: 'Correspondance des colonnes' }).waitFor();
};

/** The doubtful lines of the first table that has some, from the list of imports. */
const doubtfulLines = async (page) => {
  const links = page.locator('main a[href^="/imports/tableaux/"]');
  const reports = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')).filter((href) => /\d+$/.test(href)));
  for (const report of reports) {
    await page.goto(report);
    const link = page.getByRole('link', { name: 'Décider ligne par ligne' });
    if ((await link.count()) > 0) {
      await link.click();
      await page.waitForURL(/\/lignes$/);
      return;
    }
  }
  throw new Error('the demonstration has no doubtful line');
};

/** Gives one person of the list to the last colleague offered, and waits for the result: the others keep their referent. */
async function shareOut(page) {
  await page.locator('input[name=choix]').last().check();
  await send(page, 'Répartir les personnes choisies');
  const choice = page.locator('select[name^="pour-"]').first();
  await choice.selectOption({ index: (await choice.locator('option').count()) - 1 });
  await send(page, 'Confier ces personnes');
  await page.waitForURL('**/agence/lots/*');
  await page.getByRole('button', { name: 'Annuler cette répartition' }).waitFor();
}

export const pages = [
  // Everybody
  { name: 'connexion', role: VISITOR, url: '/connexion', golden: true },
  {
    name: 'connexion refusée',
    role: VISITOR,
    url: '/connexion',
    walk: (page) => fillSignIn(page, { email: 'personne@exemple.fr', password: 'ce n’est pas le bon' }),
    status: 422,
  },
  { name: 'aide', role: VISITOR, url: '/aide' },
  { name: 'accessibilité', role: VISITOR, url: '/accessibilite' },
  { name: 'données personnelles', role: VISITOR, url: '/donnees-personnelles' },
  { name: 'charte', role: VISITOR, url: '/charte' },
  { name: 'page absente', role: COUNSELLOR, url: '/nulle-part', status: 404 },
  { name: 'page refusée', role: COUNSELLOR, url: '/imports', status: 403 },

  // Home and account
  { name: 'accueil', role: HEAD, url: '/', golden: true },
  { name: 'accueil de la gestion des flux', role: DATA, url: '/' },
  { name: 'compte', role: COUNSELLOR, url: '/compte' },
  { name: 'sessions', role: COUNSELLOR, url: '/compte/sessions' },
  { name: 'mot de passe', role: COUNSELLOR, url: '/compte/mot-de-passe' },
  { name: 'choix du mandat', role: COUNSELLOR, url: '/mandat' },

  // Finding people
  { name: 'recherche', role: DATA, url: '/recherche' },
  { name: 'recherche, résultats', role: DATA, url: '/recherche?q=mar' },
  { name: 'recherche, rien', role: DATA, url: '/recherche?q=Zzyzxwq' },
  { name: 'recherche, à corriger', role: DATA, url: '/recherche?q=%25' },
  { name: 'personnes', role: HEAD, url: '/personnes' },
  { name: 'personnes, filtrées', role: DATA, url: '/personnes?droit=2&tri=age' },
  { name: 'personnes, aucune', role: DATA, url: '/personnes?age_max=17&age_min=17' },

  // A person
  { name: 'dossier', role: HEAD, url: '/recherche?q=alaoui+samia', link: /^\/personnes\/\d+$/, golden: true },
  { name: 'dossier du département', role: DATA, url: '/rapprochements', link: /^\/personnes\/\d+$/ },
  { name: 'dossier au passé', role: HEAD, url: '/personnes', link: /^\/personnes\/\d+$/, query: '?au=2026-10-15&connu=2026-10-15' },
  { name: 'dossier, date à corriger', role: HEAD, url: '/personnes', link: /^\/personnes\/\d+$/, query: '?au=hier' },
  {
    name: 'dossier, téléphone à corriger',
    role: HEAD,
    url: '/personnes',
    link: /^\/personnes\/\d+$/,
    walk: async (page) => {
      await page.getByLabel(/téléphone/i).first().fill('12');
      await page.locator('form[action$="/coordonnees"] button[type=submit]').click();
    },
    status: 422,
  },

  // Orientation
  { name: 'à orienter', role: OFFICER, url: '/orientations' },
  { name: 'à orienter, filtrées', role: OFFICER, url: '/orientations?proposition=conditional&delai=plus' },
  { name: 'à orienter, aucune', role: OFFICER, url: '/orientations?commune=93015&delai=depasse&proposition=none' },
  { name: 'aperçu de la décision', role: OFFICER, url: '/orientations/apercu' },
  { name: 'aperçu sans personne', role: OFFICER, url: '/orientations/apercu?commune=93015&delai=depasse&proposition=none' },
  { name: 'décisions en lot', role: OFFICER, url: '/orientations/lots' },
  { name: 'décision en lot', role: OFFICER, url: '/orientations/lots', link: /^\/orientations\/lots\/\d+$/ },
  { name: 'orientation d’une personne', role: OFFICER, url: '/orientations', link: /^\/personnes\/\d+\/orientation$/ },
  { name: 'orientation, lue par une conseillère', role: COUNSELLOR, url: '/personnes', link: /^\/personnes\/\d+$/, query: '/orientation' },
  {
    name: 'orientation à corriger',
    role: OFFICER,
    url: '/orientations',
    link: /^\/personnes\/\d+\/orientation$/,
    walk: async (page) => {
      await page.getByLabel('Une autre structure').check();
      await page.getByLabel('Autre structure', { exact: false }).last().fill('Nulle part');
      await send(page, 'Décider');
    },
    status: 422,
  },
  {
    name: 'lettre d’orientation',
    role: OFFICER,
    url: '/orientations/lots',
    link: /^\/orientations\/lots\/\d+$/,
    walk: async (page) => {
      await page.locator('#resultats tbody th a').first().click();
      await page.getByRole('link', { name: 'Lettre à la personne' }).click();
      await page.waitForURL('**/lettre');
    },
  },
  { name: 'simulation', role: OFFICER, url: '/orientations/simulation' },
  { name: 'simulation à corriger', role: OFFICER, url: '/orientations/simulation?essai=1&jeu=local&du=hier' },
  { name: 'règles d’orientation', role: OFFICER, url: '/orientations/regles' },
  { name: 'règles d’orientation, administration', role: ADMIN, url: '/orientations/regles' },
  { name: 'paramètre qui s’applique ou non', role: ADMIN, url: '/administration/parametres/orientation.local.youth.on' },

  // An agency, a counsellor, a social worker, the flow
  { name: 'agence', role: HEAD, url: '/agence' },
  { name: 'agence à choisir', role: MISSION, url: '/agence' },
  { name: 'agence vue du département', role: MISSION, url: '/agence?structure=ali-saint-denis' },
  { name: 'personnes de l’agence', role: HEAD, url: '/agence/personnes' },
  { name: 'personnes de l’agence, aucune', role: HEAD, url: '/agence/personnes?etape=unassigned&besoin=15' },
  { name: 'répartition', role: HEAD, url: '/agence/repartition?etape=accompanied&tout=oui' },
  { name: 'répartition, rien à répartir', role: HEAD, url: '/agence/repartition' },
  { name: 'répartitions', role: HEAD, url: '/agence/lots' },
  {
    name: 'résultat d’une répartition',
    role: HEAD,
    url: '/agence/personnes?etape=accompanied',
    walk: (page) => shareOut(page),
  },
  { name: 'équipe', role: HEAD, url: '/agence/equipe' },
  { name: 'membre de l’équipe', role: HEAD, url: '/agence/equipe', link: /^\/agence\/equipe\/\d+$/ },
  {
    name: 'membre de l’équipe, temps à corriger',
    role: HEAD,
    url: '/agence/equipe',
    link: /^\/agence\/equipe\/\d+$/,
    walk: async (page) => {
      await page.getByLabel(/Temps de travail consacré/).fill('120');
      await send(page, 'Enregistrer le temps de travail');
    },
    status: 422,
  },
  { name: 'mes personnes', role: COUNSELLOR, url: '/suivi' },
  { name: 'agenda', role: COUNSELLOR, url: '/suivi/agenda' },
  { name: 'suivi d’une personne', role: COUNSELLOR, url: '/suivi', link: /^\/personnes\/\d+\/suivi$/ },
  {
    name: 'suivi d’une personne, à corriger',
    role: COUNSELLOR,
    url: '/suivi',
    link: /^\/personnes\/\d+\/suivi$/,
    walk: async (page) => {
      await page.getByLabel('Heure').fill('09:00');
      await send(page, 'Enregistrer');
    },
    status: 422,
  },
  { name: 'mes demandes d’appui', role: SOCIAL, url: '/appuis' },
  { name: 'demandes d’appui', role: DISTRICT, url: '/appuis' },
  { name: 'appuis par circonscription', role: MISSION, url: '/appuis' },
  { name: 'flux du département', role: MISSION, url: '/pilotage/flux' },

  // The school, a host structure, an apprentice
  { name: 'école', role: SCHOOL_HEAD, url: '/ecole', walk: async (page) => { await lastCohort(page); await page.goto('/ecole'); } },
  { name: 'référentiels', role: SCHOOL_HEAD, url: '/ecole/referentiels' },
  {
    name: 'référentiel refusé',
    role: SCHOOL_HEAD,
    url: '/ecole/referentiels',
    walk: async (page) => {
      await page.getByLabel(/^Fichier d’un titre/).setInputFiles(file('level = "cinq"', 'titre.toml'));
      await send(page, 'Charger ce référentiel');
    },
    status: 422,
  },
  {
    name: 'référentiel',
    role: SCHOOL_HEAD,
    url: '/ecole',
    walk: async (page) => {
      await lastCohort(page);
      await page.goto('/ecole/referentiels');
      await page.locator('main tbody a[href^="/ecole/referentiels/"]').first().click();
      await page.getByRole('heading', { name: 'Compétences' }).waitFor();
    },
  },
  { name: 'nouvelle promotion', role: SCHOOL_HEAD, url: '/ecole/promotions/nouvelle' },
  { name: 'promotion', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('') },
  { name: 'programme', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/programme') },
  { name: 'calendrier d’une promotion', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/calendrier') },
  { name: 'calendrier proposé', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/calendrier/rythme') },
  { name: 'emploi du temps', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/emploi-du-temps') },
  { name: 'emploi du temps proposé', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/emploi-du-temps/proposition') },
  { name: 'présences', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/presences') },
  { name: 'candidatures', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/candidats') },
  { name: 'appariement', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/appariement') },
  { name: 'alternants', role: SCHOOL_HEAD, url: '/ecole', walk: ofCohort('/alternants') },
  { name: 'dossier d’une candidature', role: SCHOOL_HEAD, url: '/ecole', walk: firstFile },
  {
    name: 'étape à corriger',
    role: SCHOOL_HEAD,
    url: '/ecole',
    walk: async (page) => {
      await firstFile(page);
      await page.getByLabel(/^Raisons/).fill(' ');
      await send(page, 'Noter l’étape');
    },
    status: 422,
  },
  { name: 'contrat', role: SCHOOL_HEAD, url: '/ecole', walk: ofContract('') },
  { name: 'avenant', role: SCHOOL_HEAD, url: '/ecole', walk: ofContract('/avenant') },
  {
    name: 'accueil ailleurs, à corriger',
    role: SCHOOL_HEAD,
    url: '/ecole',
    walk: async (page) => {
      await ofContract('/accueils?entreprise=croix-rouge-insertion')(page);
      await page.getByLabel(/^Lieu d’accueil/).selectOption('ali-stains');
      await page.getByLabel(/^Premier jour/).fill('2020-01-06');
      await page.getByLabel(/^Dernier jour/).fill('2020-01-10');
      await send(page, 'Enregistrer l’accueil');
    },
    status: 422,
  },
  {
    name: 'offre, vue de l’école',
    role: SCHOOL_HEAD,
    url: '/ecole',
    walk: async (page) => {
      await ofCohort('/appariement')(page);
      await page.locator('main a[href*="/places/"]:not([href$="/classement"])').first().click();
    },
  },
  {
    name: 'classement d’une structure, saisi par l’école',
    role: SCHOOL_HEAD,
    url: '/ecole',
    walk: async (page) => {
      await ofCohort('/appariement')(page);
      await page.locator('main a[href$="/classement"]').first().click();
    },
  },
  { name: 'formateurs et salles', role: SCHOOL_HEAD, url: '/ecole/moyens' },
  { name: 'formateur', role: SCHOOL_HEAD, url: '/ecole/moyens', link: /^\/ecole\/moyens\/formateurs\/\d+$/ },
  { name: 'mes semaines', role: TRAINER, url: '/ecole/mes-semaines' },
  {
    name: 'appel',
    role: TRAINER,
    url: '/ecole/mes-semaines',
    walk: (page) => page.getByRole('link', { name: /l’appel/ }).first().click(),
  },
  {
    name: 'appel à compléter',
    role: TRAINER,
    url: '/ecole/mes-semaines',
    walk: async (page) => {
      await page.getByRole('link', { name: /Faire l’appel/ }).last().click();
      await send(page, 'Enregistrer l’appel');
    },
    status: 422,
  },
  { name: 'mes places', role: HOST, url: '/places' },
  { name: 'offrir des places', role: HOST, url: '/places/nouvelle' },
  {
    name: 'offre à corriger',
    role: HOST,
    url: '/places/nouvelle',
    walk: async (page) => {
      await page.getByLabel(/^Nombre de places/).fill('deux');
      await send(page, 'Publier cette offre');
    },
    status: 422,
  },
  { name: 'offre', role: HOST, url: '/places', link: /^\/places\/\d+$/ },
  { name: 'classer les candidats', role: HOST, url: '/places', link: /^\/places\/\d+\/classement$/ },
  { name: 'tuteur', role: HOST, url: '/places', link: /^\/places\/tuteurs\/\d+$/ },
  { name: 'mon calendrier', role: APPRENTICE, url: '/mon-parcours' },
  { name: 'mes choix de places', role: APPRENTICE, url: '/mon-parcours/choix' },

  // Imports and matches
  { name: 'imports', role: DATA, url: '/imports' },
  { name: 'compte rendu d’import', role: DATA, url: '/imports', link: /^\/imports\/\d+$/ },
  { name: 'anomalies', role: DATA, url: '/imports', link: /^\/imports\/\d+$/, walk: (page) => page.locator('main a[href*="/anomalies"]').first().click() },
  { name: 'travail', role: DATA, url: '/imports', link: /^\/travaux\/\d+$/ },
  {
    name: 'imports, fichier refusé',
    role: DATA,
    url: '/imports',
    walk: async (page) => {
      await page.getByLabel(/Fichier du flux/).setInputFiles(file('<?xml version="1.0"?>\n<Racine>\n<Infos', 'coupe.xml'));
      await send(page, 'Déposer et importer');
      await page.getByRole('alert').first().waitFor();
    },
    status: 422,
  },
  { name: 'tableau à déposer', role: DATA, url: '/imports/tableaux/depot' },
  {
    name: 'tableau, à corriger',
    role: DATA,
    url: '/imports/tableaux/depot',
    walk: (page) => send(page, 'Déposer et vérifier'),
    status: 422,
  },
  { name: 'tableau, colonnes', role: DATA, url: '/imports/tableaux/depot', walk: (page) => depositTable(page) },
  {
    name: 'tableau, colonnes à corriger',
    role: DATA,
    url: '/imports/tableaux/depot',
    walk: async (page) => {
      await depositTable(page);
      await page.getByLabel(/^NATLOG/).selectOption('');
      await send(page, 'Vérifier sans rien écrire');
      await page.getByRole('alert').first().waitFor();
    },
    status: 422,
  },
  {
    name: 'tableau, essai à blanc',
    role: DATA,
    url: '/imports/tableaux/depot',
    walk: async (page) => {
      await depositTable(page);
      await send(page, 'Vérifier sans rien écrire');
      await page.getByRole('heading', { name: 'Essai à blanc' }).waitFor();
    },
  },
  { name: 'compte rendu de tableau', role: DATA, url: '/imports', link: /^\/imports\/tableaux\/\d+$/ },
  {
    name: 'lignes de tableau',
    role: DATA,
    url: '/imports',
    link: /^\/imports\/tableaux\/\d+$/,
    walk: (page) => page.locator('main a[href*="/anomalies"]').first().click(),
  },
  { name: 'lignes douteuses', role: DATA, url: '/imports', walk: (page) => doubtfulLines(page) },
  {
    name: 'ligne douteuse',
    role: DATA,
    url: '/imports',
    walk: async (page) => {
      await doubtfulLines(page);
      await page.locator('#lignes tbody th a').first().click();
      await page.getByRole('heading', { name: 'Décider' }).waitFor();
    },
  },
  {
    name: 'ligne douteuse, à corriger',
    role: DATA,
    url: '/imports',
    walk: async (page) => {
      await doubtfulLines(page);
      await page.locator('#lignes tbody th a').first().click();
      await send(page, 'Décider');
    },
    status: 422,
  },
  { name: 'rapprochements', role: DATA, url: '/rapprochements' },
  { name: 'rapprochements sans contradiction', role: DATA, url: '/rapprochements/certains' },

  // Territory
  { name: 'territoire', role: COUNSELLOR, url: '/territoire' },
  { name: 'mobilité', role: COUNSELLOR, url: '/mobilite' },
  {
    name: 'mobilité, communes et agences atteintes',
    role: COUNSELLOR,
    url: '/mobilite?depuis=93014&heure=08:00&scenario=lignes-16-17-2027',
  },
  { name: 'commune', role: COUNSELLOR, url: '/territoire', link: /^\/territoire\/communes\// },
  { name: 'agences', role: COUNSELLOR, url: '/territoire/agences' },
  { name: 'structures', role: COUNSELLOR, url: '/territoire/structures' },
  { name: 'structure', role: COUNSELLOR, url: '/territoire/agences', link: /^\/territoire\/structures\/ali-/ },
  { name: 'structure, administration', role: ADMIN, url: '/territoire/agences', link: /^\/territoire\/structures\/ali-/ },
  { name: 'organisations', role: COUNSELLOR, url: '/territoire/organisations' },
  { name: 'organisation', role: COUNSELLOR, url: '/territoire/organisations', link: /^\/territoire\/organisations\// },
  { name: 'postes', role: COUNSELLOR, url: '/territoire/postes' },
  { name: 'poste', role: COUNSELLOR, url: '/territoire/postes', link: /^\/territoire\/postes\// },
  {
    name: 'fait à ajouter',
    role: ADMIN,
    url: '/territoire/agences',
    link: /^\/territoire\/structures\/ali-/,
    walk: (page) => page.locator('main a[href*="/ajouter"]').first().click(),
  },
  {
    name: 'fait à corriger',
    role: ADMIN,
    url: '/territoire/agences',
    link: /^\/territoire\/structures\/ali-/,
    walk: (page) => page.locator('main a[href*="/corriger"]').first().click(),
  },
  {
    name: 'fait à terminer',
    role: ADMIN,
    url: '/territoire/agences',
    link: /^\/territoire\/structures\/ali-/,
    walk: (page) => page.locator('main a[href*="/terminer"]').first().click(),
  },
  { name: 'import du territoire', role: ADMIN, url: '/territoire/import' },
  {
    name: 'import du territoire, aperçu à corriger',
    role: ADMIN,
    url: '/territoire/import',
    walk: async (page) => {
      await page.locator('input[type=file]').setInputFiles(file('a,b\n1,2\n', 'inconnu.csv'));
      await send(page, 'Voir ce qui changerait');
      await page.waitForURL('**/territoire/import');
    },
    status: 422,
  },

  // Administration
  { name: 'comptes', role: ADMIN, url: '/administration/comptes' },
  { name: 'compte d’une personne', role: ADMIN, url: '/administration/comptes', link: /^\/administration\/comptes\/\d+$/ },
  { name: 'nouveau compte', role: ADMIN, url: '/administration/comptes/nouveau' },
  {
    name: 'nouveau compte à corriger',
    role: ADMIN,
    url: '/administration/comptes/nouveau',
    walk: async (page) => {
      await page.locator('main form').evaluate((form) => (form.noValidate = true));
      await page.locator('main form button[type=submit]').click();
    },
    status: 422,
  },
  { name: 'mandats un jour', role: ADMIN, url: '/administration/mandats' },
  { name: 'paramètres', role: ADMIN, url: '/administration/parametres' },
  { name: 'paramètre', role: ADMIN, url: '/administration/parametres', link: /^\/administration\/parametres\/./ },
  { name: 'règles', role: COUNSELLOR, url: '/regles' },
  { name: 'journal', role: AUDITOR, url: '/journal' },
  { name: 'écriture du journal', role: AUDITOR, url: '/journal', link: /^\/journal\/\w+\/\d+$/ },
  { name: 'exploitation', role: OPERATOR, url: '/exploitation' },
];
