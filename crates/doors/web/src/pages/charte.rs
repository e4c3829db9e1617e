//! `/charte`: every component with fictitious content, for those who write pages, judge them or check their accessibility.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query as QueryString, RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use base::{Clock, Date, Instant, Period};
use jiff::civil::date;
use serde::Deserialize;

use crate::app::App;
use crate::components::{
    Area, Badge, BulkBar, Button, ButtonKind, Chip, Choice, Column, Description, Dialog, EmptyState, Event, Field,
    Figure, FilterBar, Flash, Form, Fragment, Help, Lane, Link, Look, Map, Notice, Pager, Progress, Query, Row,
    Segment, Source, Strip, Suggestions, Table, Tabs, Timeline, Tone, Unknown,
};
use crate::fr;
use crate::fr::filters;
use crate::layout::{Layout, MandateChoice, NavItem, UserMenu};
use crate::pages::page;
use crate::routes::{Policy, Route};
use crate::site::Site;

const PATH: &str = "/charte";

/// `GET /charte` and the two fragments its live samples ask for. Public: no personal data.
pub fn routes() -> Vec<Route> {
    let charte = |State(app): State<App>, RawQuery(query): RawQuery| async move {
        page(&Charte::new(Arc::clone(&app.site), &app.platform.clock, &Query::parse(query.as_deref())))
    };
    let progress = |State(app): State<App>, query| progression(query, app.platform.clock.clone());
    vec![
        Route::new(PATH, Policy::Public, get(charte)),
        Route::new("/charte/communes", Policy::Public, get(communes)),
        Route::new("/charte/progression", Policy::Public, get(progress)),
    ]
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

/// Fictitious answer of a typeahead.
async fn communes(QueryString(Asked { q }): QueryString<Asked>) -> Response {
    let wanted = base::fold(&q);
    let found = COMMUNES.iter().filter(|(name, _)| base::fold(name).contains(&wanted));
    page(&Suggestions::new(found.map(|(name, code)| ((*name).to_owned(), (*code).to_owned()))))
}

#[derive(Deserialize)]
struct Since {
    depuis: i64,
}

/// A job of twenty seconds that began when the page was drawn.
async fn progression(QueryString(Since { depuis }): QueryString<Since>, clock: Clock) -> Response {
    page(&live_progress(Instant::from_micros(depuis), clock.now()))
}

fn live_progress(start: Instant, now: Instant) -> Progress {
    const SECONDS: i64 = 20;
    let done = ((now.micros() - start.micros()) / 1_000_000).clamp(0, SECONDS);
    let share = f64::from(u32::try_from(done).unwrap_or(0)) / f64::from(20_u8);
    let progress = Progress::new("vivante", "Import du fichier de novembre", Some(share));
    if done == SECONDS {
        return progress.detail(format!("Terminé\u{a0}: {}.", fr::count(30_000_u64, "foyer lu", "foyers lus")));
    }
    let read = u64::try_from(done * 1_500).unwrap_or(0);
    let left = fr::duration(u64::try_from(SECONDS - done).unwrap_or(0));
    let read = fr::count(read, "foyer lu", "foyers lus");
    progress
        .detail(format!("{read} sur {}, encore {left} environ.", fr::number(30_000)))
        .poll(format!("/charte/progression?depuis={}", start.micros()))
}

const COMMUNES: [(&str, &str); 6] = [
    ("Clairval-sur-Marne", "99001"),
    ("Les Essarts", "99002"),
    ("Montreuil-le-Haut", "99003"),
    ("Pont-Neuf", "99004"),
    ("Saint-Éloi", "99005"),
    ("Vaubrun", "99006"),
];

/// The page.
#[derive(Template)]
#[template(path = "charte.html")]
struct Charte {
    layout: Layout,
    colours: Vec<(&'static str, &'static str)>,
    badges: Vec<Badge>,
    sources: Vec<Fragment>,
    buttons: Vec<Fragment>,
    dialog: Dialog,
    tabs: Tabs,
    filters: FilterBar,
    table: Table,
    empty: EmptyState,
    form: Form,
    description: Description,
    figures: Vec<Figure>,
    notices: Vec<Notice>,
    help: Help,
    strip: Strip,
    timeline: Timeline,
    map: Map,
    progress: Vec<Progress>,
}

impl Charte {
    fn new(site: Arc<Site>, clock: &Clock, query: &Query) -> Self {
        let today = clock.today();
        Self {
            layout: layout(site, today),
            colours: vec![
                ("swatch-accent", "Accent\u{a0}: liens, bouton principal"),
                ("swatch-ok", "Fait, à jour"),
                ("swatch-warning", "À surveiller"),
                ("swatch-danger", "En retard, en erreur"),
                ("swatch-info", "À savoir"),
                ("swatch-quiet", "Second plan"),
            ],
            badges: vec![
                Badge::ok("contrat en cours"),
                Badge::warning("échéance dans 12 jours"),
                Badge::danger("sans référent"),
                Badge::info("orientation proposée"),
                Badge::neutral("clos"),
            ],
            sources: vec![
                Unknown::MASCULINE.into(),
                Unknown::FEMININE.into(),
                Source::new(format!("CAF, fichier du 5\u{a0}novembre 2026, ligne {}", fr::number(1_234)))
                    .href(PATH)
                    .into(),
            ],
            buttons: vec![
                Button::primary("Enregistrer").into(),
                Button::secondary("Enregistrer et continuer").into(),
                Button::quiet("Ajouter une ligne").into(),
                Button::danger("Supprimer définitivement").into(),
                Link::new(PATH, "Nouveau rendez-vous").button(ButtonKind::Secondary).into(),
                Button::secondary("Ouvrir une fenêtre").opens("exemple-fenetre").into(),
            ],
            dialog: Dialog::new(
                "exemple-fenetre",
                "Pourquoi cette personne est-elle dans la liste\u{202f}?",
                "Aucun rendez-vous depuis 64 jours, et son contrat prend fin dans 12 jours.",
            ),
            tabs: Tabs::new("Dossier de Nadia Benali", PATH)
                .tab(PATH, "Résumé")
                .counted("/charte#rendez-vous", "Rendez-vous", 14)
                .counted("/charte#contrats", "Contrats", 2)
                .tab("/charte#historique", "Historique"),
            filters: filters(query),
            table: people(query),
            empty: EmptyState::new(
                "Personne ne correspond à ces filtres",
                "Retirez un filtre, ou cherchez la personne par son nom dans tout le département.",
            )
            .link(Link::new(PATH, "Retirer les filtres").button(ButtonKind::Secondary)),
            form: form(),
            description: description(today),
            figures: vec![
                Figure::new("Personnes suivies", fr::number(6_012), "personnes")
                    .note(format!("au {}", fr::date_long(today)))
                    .lines("/charte#listes"),
                Figure::new("Contrats en cours", "71,4", "% des personnes suivies")
                    .note("68,9\u{a0}% il y a un an")
                    .lines("/charte#listes"),
                Figure::new("Premier rendez-vous", "23", "jours après l’orientation (médiane)")
                    .note("15 jours attendus, du 1er\u{a0}janvier au 31\u{a0}octobre 2026")
                    .lines("/charte#listes"),
            ],
            notices: notices(),
            help: Help::new(
                "Comment ce chiffre est-il compté\u{202f}?",
                "Une personne est comptée une fois par structure et par jour, même si deux conseillers l’ont reçue.",
            ),
            strip: rights(today),
            timeline: timeline(),
            map: map(),
            progress: vec![
                live_progress(clock.now(), clock.now()),
                Progress::new("attente", "Lecture du fichier", None).detail("La taille n’est pas encore connue."),
            ],
        }
    }
}

fn layout(site: Arc<Site>, today: Date) -> Layout {
    let mandate =
        |id: &str, label: &str, current| MandateChoice { id: id.to_owned(), label: label.to_owned(), current };
    Layout::new(site, today, PATH, "Charte des pages")
        .lead("Tous les composants de l’application, avec des contenus inventés.")
        .nav(vec![
            NavItem::new("/charte#portefeuille", "Mon portefeuille"),
            NavItem::new("/charte", "Charte"),
            NavItem::new("/charte#imports", "Imports"),
            NavItem::new("/charte#territoire", "Territoire"),
        ])
        .user(UserMenu {
            name: "Awa Traoré".to_owned(),
            mandates: vec![
                mandate("1", "Conseillère · agence de Vaubrun", true),
                mandate("2", "Formatrice · École des conseillers", false),
            ],
        })
        .search(true)
        .crumb("Accueil", "/")
        .flash(Flash::success("Nadia Benali est confiée à Karim Aziz.").undo("/charte"))
}

fn filters(query: &Query) -> FilterBar {
    let status =
        [Choice::new("", "Tous"), Choice::new("en-cours", "Contrat en cours"), Choice::new("sans", "Sans contrat")];
    let mut bar = FilterBar::new(PATH, query)
        .field(
            Field::typeahead("commune", "Commune", "/charte/communes").value(query.get("commune").unwrap_or_default()),
        )
        .field(Field::select("contrat", "Contrat", status).value(query.get("contrat").unwrap_or_default()))
        .field(Field::date("depuis", "Vue depuis le").value(query.get("depuis").unwrap_or_default()))
        .more(Field::checkboxes(
            "public",
            "Publics",
            [Choice::new("jeune", "Moins de 26 ans"), Choice::new("parent", "Parent seul")],
        ));
    let commune = query.get("commune").unwrap_or("Vaubrun");
    bar = bar.chip(Chip::new("Commune", commune, query.without("commune").href(PATH)));
    bar.chip(Chip::new("Public", "parent seul", query.without_value("public", "parent").href(PATH)))
}

fn people(query: &Query) -> Table {
    let columns = [
        Column::text("Personne").sorted_by("nom"),
        Column::number("Âge").sorted_by("age"),
        Column::text("Commune"),
        Column::text("Contrat").sorted_by("contrat"),
        Column::text("Dernier rendez-vous"),
        Column::text("Pourquoi maintenant"),
    ];
    let person = |id: &str, name: &str, number: &str| {
        Fragment::with_detail(Link::new(format!("/charte#{id}"), name), number.to_owned())
    };
    let line = |id: &str, name: &str, number: &str, cells: [Fragment; 5]| {
        Row::new([person(id, name, number)].into_iter().chain(cells)).choice(id, name)
    };
    let rows = [
        line(
            "p1",
            "Nadia Benali",
            "n° 0412 887",
            [
                "34".into(),
                "Vaubrun".into(),
                Badge::warning("fin le 4\u{a0}décembre").into(),
                "19 septembre 2026".into(),
                "Contrat à renouveler dans 12 jours".into(),
            ],
        ),
        line(
            "p2",
            "Moussa Diarra",
            "n° 0398 120",
            [
                "52".into(),
                "Saint-Éloi".into(),
                Badge::danger("aucun").into(),
                Unknown::MASCULINE.into(),
                "Orienté depuis 41 jours, jamais reçu".into(),
            ],
        ),
        line(
            "p3",
            "Élodie Vasseur",
            "n° 0421 003",
            [
                "23".into(),
                "Vaubrun".into(),
                Badge::ok("en cours").into(),
                "18 novembre 2026".into(),
                "Rendez-vous demain à 9\u{a0}h\u{a0}30".into(),
            ],
        ),
        line(
            "p4",
            "Thanh Nguyen",
            "n° 0377 541",
            [
                Unknown::MASCULINE.into(),
                Unknown::FEMININE.into(),
                Badge::neutral("clos").into(),
                "2 mars 2026".into(),
                "Parti du département\u{a0}: dossier à transmettre".into(),
            ],
        ),
    ];
    Table::new("personnes", "Personnes à voir cette semaine", columns, rows)
        .sorted(PATH, query, "nom")
        .bulk(BulkBar::new(PATH, [Button::primary("Confier à…"), Button::secondary("Exporter ces lignes")]))
        .pager(
            Pager::of(4, 6_012, "personne", "personnes")
                .next(Some(query.without("avant").with("apres", "p4").href(PATH))),
        )
}

fn form() -> Form {
    let channels = [
        Choice::new("site", "À l’agence"),
        Choice::new("telephone", "Par téléphone"),
        Choice::new("partenaire", "Chez un partenaire").hint("Permanence en mairie, centre social, mission locale."),
    ];
    let themes = [
        Choice::new("emploi", "Emploi").chosen(true),
        Choice::new("logement", "Logement"),
        Choice::new("sante", "Santé"),
    ];
    Form::post(PATH)
        .without_focus()
        .field(Field::text("prenom", "Prénom").value("Nadia").required().autocomplete("off"))
        .field(
            Field::date("jour", "Jour du rendez-vous")
                .hint("Un jour ouvré, dans les deux mois.")
                .error(Some("Le 29\u{a0}novembre 2026 est un dimanche\u{a0}: choisissez un jour ouvré."))
                .value("2026-11-29")
                .required(),
        )
        .field(
            Field::select(
                "motif",
                "Objet",
                [Choice::new("", "Choisir…"), Choice::new("bilan", "Bilan"), Choice::new("contrat", "Contrat")],
            )
            .error(Some("Choisissez l’objet du rendez-vous."))
            .required(),
        )
        .field(Field::radios("lieu", "Où", channels).value("site").required())
        .field(Field::checkboxes("themes", "Thèmes abordés", themes))
        .field(
            Field::telephone("telephone", "Téléphone")
                .hint("Pour le rappel de la veille, par exemple 06\u{a0}12\u{a0}34\u{a0}56\u{a0}78."),
        )
        .field(Field::textarea("note", "Ce qu’il faut préparer", 3))
        .field(Field::file("piece", "Pièce jointe", ".pdf,.odt").hint("PDF ou ODT, 5\u{a0}Mo au plus."))
        .field(Field::checkbox("rappel", "Envoyer un rappel la veille", true))
        .button(Button::primary("Donner ce rendez-vous"))
        .cancel(PATH)
}

fn description(today: Date) -> Description {
    let birth = date(1992, 3, 14);
    Description::new()
        .line("Née le", format!("{} ({})", fr::date_long(birth), fr::age(birth, today)))
        .line("Commune", "Vaubrun (99006)")
        .line("Téléphone", fr::phone("+33612345678"))
        .line("Niveau de français", Unknown::MASCULINE)
        .line("Soumise aux droits et devoirs", Fragment::join(["oui".into(), Source::new("CAF, novembre 2026").into()]))
        .line("Parle", fr::list(&["français", "arabe", "espagnol"]))
}

fn notices() -> Vec<Notice> {
    let notice = |tone, title: &str, text: &str| Notice::new(tone, title, text);
    vec![
        notice(
            Tone::Info,
            "Ces chiffres datent de ce matin",
            "Le fichier de la CAF du 5\u{a0}novembre 2026 est entièrement importé.",
        ),
        notice(Tone::Ok, "Import terminé", "30\u{202f}000 foyers lus, aucun refusé."),
        notice(
            Tone::Warning,
            "12 rapprochements à confirmer",
            "Deux dossiers se ressemblent sans être identiques\u{a0}: une personne doit choisir.",
        ),
        notice(
            Tone::Danger,
            "Ce fichier est coupé",
            "Il s’arrête à la ligne 84\u{202f}211 sans la balise de fin. Demandez-le à nouveau à la CAF\u{a0}; rien n’a été écrit.",
        ),
    ]
}

fn rights(today: Date) -> Strip {
    let span = |from: Date, to: Date| Period { from, to: Some(to) };
    let caf = |label: &str| Source::new(label);
    let rsa = Lane::new(
        "Droit au RSA",
        [
            Segment::new(span(date(2021, 1, 1), date(2021, 9, 1)), Look::Unknown, "Inconnu"),
            Segment::new(span(date(2021, 9, 1), date(2023, 5, 1)), Look::Full, "Ouvert et versable")
                .source(caf("CAF, octobre 2021")),
            Segment::new(span(date(2023, 5, 1), date(2024, 2, 1)), Look::Empty, "Clos").source(caf("CAF, mai 2023")),
            Segment::new(span(date(2024, 2, 1), date(2026, 6, 1)), Look::Full, "Ouvert et versable")
                .source(caf("CAF, mars 2024")),
            Segment::new(span(date(2026, 6, 1), date(2026, 9, 1)), Look::Hatched, "Suspendu")
                .source(caf("CAF, juin 2026")),
            Segment::new(Period::since(date(2026, 9, 1)), Look::Full, "Ouvert et versable")
                .source(caf("CAF, septembre 2026")),
        ],
    );
    let structure = Lane::new(
        "Structure référente",
        [
            Segment::new(span(date(2021, 10, 12), date(2023, 5, 1)), Look::Full, "PIE de Vaubrun")
                .source("Décision du 12\u{a0}octobre 2021"),
            Segment::new(Period::since(date(2024, 3, 4)), Look::Full, "Agence de Vaubrun")
                .source("Décision du 4\u{a0}mars 2024"),
        ],
    );
    Strip::new(
        "droits",
        "Droits et structure référente",
        Strip::window_of(date(2021, 1, 1), today),
        today,
        [rsa, structure],
    )
}

fn timeline() -> Timeline {
    let caf = |line: &str| Source::new(format!("CAF, fichier du 5\u{a0}novembre 2026, ligne {line}")).href(PATH);
    Timeline::new([
        Event::new(date(2026, 11, 18), "Rendez-vous honoré")
            .tone(Tone::Ok)
            .detail("Bilan à l’agence, 45 minutes, avec Karim Aziz."),
        Event::new(date(2026, 9, 1), "Droit rouvert")
            .tone(Tone::Ok)
            .known(date(2026, 11, 5))
            .source(caf("1\u{202f}234")),
        Event::new(date(2026, 6, 1), "Droit suspendu")
            .tone(Tone::Warning)
            .known(date(2026, 6, 4))
            .detail("Motif\u{a0}: déclaration trimestrielle non fournie.")
            .source(caf("1\u{202f}198")),
        Event::new(date(2024, 3, 4), "Orientée vers l’agence de Vaubrun")
            .tone(Tone::Info)
            .detail("Parcours socio-professionnel."),
        Event::new(date(2024, 2, 1), "Adresse inconnue").tone(Tone::Unknown),
    ])
}

fn map() -> Map {
    let areas = [
        ("Saint-Éloi", "M20 30 130 15 160 90 60 120z", (92.0, 68.0), 940_u64, 2),
        ("Vaubrun", "M130 15 250 40 235 110 160 90z", (196.0, 68.0), 2_310, 4),
        ("Pont-Neuf", "M250 40 370 25 380 130 235 110z", (308.0, 80.0), 420, 0),
        ("Les Essarts", "M60 120 160 90 235 110 220 200 90 215z", (152.0, 158.0), 1_180, 3),
        ("Clairval-sur-Marne", "M235 110 380 130 360 230 220 200z", (298.0, 172.0), 702, 1),
        ("Montreuil-le-Haut", "M90 215 220 200 360 230 300 280 130 275z", (220.0, 245.0), 460, 0),
    ];
    let rows = areas.iter().map(|(name, _, _, people, _)| {
        Row::new([Link::new("/charte#carte", *name).into(), fr::number(*people).into()])
    });
    let table =
        Table::new("carte-valeurs", "Par commune", [Column::text("Commune"), Column::number("Personnes")], rows);
    let outlines = areas.iter().map(|(name, path, (x, y), people, shade)| {
        Area::new(*name, *path)
            .value(fr::count(*people, "personne", "personnes"), *shade)
            .href("/charte#carte")
            .labelled(vec![(*name).to_owned()], (*x, *y))
    });
    Map::new("communes", "Personnes suivies par commune", "0 0 400 295", outlines, table).legend([
        (0, "moins de 500".to_owned()),
        (1, "500 à 749".to_owned()),
        (2, "750 à 999".to_owned()),
        (3, format!("{} à {}", fr::number(1_000), fr::number(1_999))),
        (4, format!("{} et plus", fr::number(2_000))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_sound() {
        let clock = Clock::manual(Instant::start_of(date(2026, 11, 22)));
        let page = Charte::new(Site::sample().shared(), &clock, &Query::parse(Some("tri=-age&commune=Vaubrun")));
        crate::checks::sound_page(&page.render().unwrap());
    }

    #[test]
    fn the_live_sample_ends() {
        let start = Instant::from_micros(0);
        let during = live_progress(start, Instant::from_micros(5_000_000)).render().unwrap();
        assert!(during.contains("data-poll") && during.contains("7\u{202f}500\u{a0}foyers lus"), "{during}");
        assert!(!live_progress(start, Instant::from_micros(60_000_000)).render().unwrap().contains("data-poll"));
    }
}
