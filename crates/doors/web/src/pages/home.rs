//! The first page: what this role can do now, and what waits.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use base::Instant;
use platform::gate::{ActionKind, AnswerSupport, ManageAccounts, Operate, Reach, ReadImports, check, may, permit};
use platform::jobs::{self, Stage};
use support::feed::FeedFile;
use support::follow_up::{self, Need, Stage as Step};
use support::sharing::{self, SupportState};
use support::{feed, matching, orientation, person};

use super::follow_words::counted;
use super::{orientations, page};
use crate::app::App;
use crate::components::{Badge, Column, EmptyState, Figure, Fragment, Link, Notice, Row, Table, Tone};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::Signed;

pub fn routes() -> Vec<Route> {
    vec![Route::new("/", Policy::SignedIn, get(show))]
}

/// Received files shown.
const IMPORTS: i64 = 5;

/// The page.
#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    layout: Layout,
    notices: Vec<Notice>,
    figures: Vec<Figure>,
    shortcuts: Vec<Shortcut>,
    imports: Option<Table>,
}

struct Shortcut {
    href: &'static str,
    label: &'static str,
    what_for: &'static str,
}

async fn show(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let actor = &signed.actor;
    let mut figures = morning(&app, &signed).await?;
    if signed.may(ActionKind::ListPeople) {
        figures.push(people(&app, &signed).await?);
    }
    if signed.may(ActionKind::DecideOrientations) {
        figures.push(to_orient(&app, &signed).await?);
    }
    if signed.may(ActionKind::DecideMatch) {
        figures.push(doubts(&app, &signed).await?);
    }
    if signed.may(ActionKind::ManageAccounts) {
        figures.extend(mandates(&app, &signed).await?);
    }
    let mut notices = Vec::new();
    if signed.may(ActionKind::Operate) {
        notices.extend(failures(&app, &signed).await?);
    }
    let imports = match permit::<ReadImports>(actor) {
        Ok(_) => {
            let files = feed::files(&app.platform, actor, IMPORTS).await?;
            Some(imports(&files, signed.may(ActionKind::ImportFeed)))
        }
        Err(_) => None,
    };
    let current = signed.choices.iter().find(|choice| choice.current).map(|choice| choice.label.as_str());
    let lead = format!("{}, {}.", current.unwrap_or_default(), fr::date_full(app.platform.today()));
    let layout = signed.layout(&app, "/", &format!("Bonjour {}", signed.account_name)).lead(lead);
    Ok(page(&Home { layout, notices, figures, shortcuts: shortcuts(&signed), imports }))
}

/// What matters now to whoever works in a structure.
async fn morning(app: &App, signed: &Signed) -> Result<Vec<Figure>, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let figure = |label: &str, people: i64, note: &str, href: &str| {
        let count = counted(people);
        Figure::new(label, fr::number(count), fr::plural(count, "personne", "personnes")).note(note).lines(href)
    };
    if signed.may(ActionKind::Designate) {
        let board = follow_up::agency_board(platform, actor, None).await?;
        let nobody = board.stages.get(&Step::Unassigned).copied().unwrap_or(0);
        let (_, long) = board.targets;
        return Ok(vec![
            figure("Sans référent", nobody, "à confier à quelqu’un", "/agence/personnes?etape=unassigned"),
            figure(
                "Premier rendez-vous en retard",
                board.not_met.1,
                &format!("plus de {long}\u{a0}jours après l’arrivée"),
                "/agence/personnes?attente=longue",
            ),
            figure(
                "Rendez-vous aujourd’hui",
                board.meetings_today,
                "personnes attendues",
                "/agence/personnes?rendez-vous=aujourd-hui",
            ),
        ]);
    }
    let Some(account) = actor.account().filter(|_| signed.may(ActionKind::Accompany)) else { return Ok(Vec::new()) };
    let needs = follow_up::needs_of(platform, actor, account).await?;
    let of = |need: Need| needs.get(&need).copied().unwrap_or(0);
    let now = needs.values().sum::<i64>() - of(Need::Nothing);
    let mut figures = vec![figure("Ont besoin de vous", now, "avec la raison de chacune", "/suivi")];
    if of(Need::MeetingToday) > 0 {
        figures.push(figure(
            "Rendez-vous aujourd’hui",
            of(Need::MeetingToday),
            "voir l’heure",
            "/suivi/agenda?vue=jour",
        ));
    }
    if may::<AnswerSupport>(actor) {
        let requests = sharing::requests(platform, actor).await?;
        let asked = requests.iter().filter(|line| line.state == SupportState::Asked).count();
        let asked = i64::try_from(asked).unwrap_or(i64::MAX);
        figures.push(figure("Demandes d’appui", asked, "attendent une réponse", "/appuis"));
    }
    Ok(figures)
}

async fn people(app: &App, signed: &Signed) -> Result<Figure, Problem> {
    let count = u64::try_from(person::count(&app.platform, &signed.actor).await?).unwrap_or(0);
    let most = u64::try_from(person::ListPage::COUNTED).unwrap_or(u64::MAX);
    let where_from = match check(&signed.actor, ActionKind::ListPeople) {
        Ok(Reach::Structure(_)) => "dans les communes de votre structure",
        _ => "dans tout le département",
    };
    let value = if count >= most { format!("{} et plus", fr::number(most)) } else { fr::number(count) };
    Ok(Figure::new("Personnes", value, fr::plural(count, "personne", "personnes")).note(where_from).lines("/personnes"))
}

async fn to_orient(app: &App, signed: &Signed) -> Result<Figure, Problem> {
    let (waiting, overdue) = orientation::queue_length(&app.platform, &signed.actor).await?;
    let (waiting, overdue) = (waiting.unsigned_abs(), overdue.unsigned_abs());
    let most = orientation::QueuePage::COUNTED.unsigned_abs();
    let value = if waiting > most { format!("{} et plus", fr::number(most)) } else { fr::number(waiting) };
    let figure = Figure::new("À orienter", value, fr::plural(waiting, "personne", "personnes"));
    Ok(match (waiting, overdue) {
        (0, _) => figure.note("personne n’attend d’orientation"),
        (_, 0) => figure.note("aucun délai dépassé").lines(orientations::PATH),
        (_, overdue) => {
            let late = fr::count(overdue, "délai dépassé", "délais dépassés");
            figure.note(format!("dont {late}")).lines(orientations::PATH)
        }
    })
}

async fn doubts(app: &App, signed: &Signed) -> Result<Figure, Problem> {
    let waiting = u64::try_from(matching::waiting(&app.platform, &signed.actor).await?).unwrap_or(0);
    let figure = Figure::new(
        "Rapprochements à confirmer",
        fr::number(waiting),
        fr::plural(waiting, "paire de fiches", "paires de fiches"),
    );
    Ok(match waiting {
        0 => figure.note("rien n’attend votre décision"),
        _ => figure.note("deux fiches se ressemblent\u{a0}: est-ce la même personne\u{202f}?").lines("/rapprochements"),
    })
}

/// Mandates that hold today, and those that end within a month: to renew or to let go.
async fn mandates(app: &App, signed: &Signed) -> Result<[Figure; 2], Problem> {
    const SOON: i64 = 30;
    let permit = permit::<ManageAccounts>(&signed.actor)?;
    let today = app.platform.today();
    let soon = today.checked_add(jiff::Span::new().days(SOON)).unwrap_or(today);
    let in_force = platform::mandate::list(&app.platform, &permit, today, app.platform.now()).await?;
    let ending = in_force.iter().filter(|mandate| mandate.valid_to.is_some_and(|to| to <= soon)).count() as u64;
    let count = in_force.len() as u64;
    Ok([
        Figure::new("Mandats en cours", fr::number(count), fr::plural(count, "mandat", "mandats"))
            .note(format!("au {}", fr::date_long(today)))
            .lines("/administration/mandats"),
        Figure::new("Mandats à leur terme", fr::number(ending), fr::plural(ending, "mandat", "mandats"))
            .note(format!("dans les {SOON} jours"))
            .lines(format!("/administration/mandats?terme={SOON}")),
    ])
}

/// Jobs that ended badly and are still listed.
async fn failures(app: &App, signed: &Signed) -> Result<Option<Notice>, Problem> {
    let now: Instant = app.platform.now();
    let recent = jobs::recent(&app.platform, &permit::<Operate>(&signed.actor)?, 100).await?;
    let failed = recent.iter().filter(|job| job.stage(now) == Stage::Failed).count() as u64;
    let link = Link::new("/exploitation", "Voir les traitements");
    Ok((failed > 0).then(|| {
        let title = fr::count(failed, "traitement récent a échoué", "traitements récents ont échoué");
        Notice::new(Tone::Warning, title, link)
    }))
}

fn imports(files: &[FeedFile], may_import: bool) -> Table {
    let columns = [
        Column::text("Fichier"),
        Column::text("Situation au"),
        Column::number("Foyers"),
        Column::text("État"),
        Column::text("Reçu le"),
    ];
    let rows = files.iter().map(|file| {
        let state: Fragment = match file.completed_at {
            Some(_) if file.report.0.households_refused > 0 => {
                Badge::warning(fr::count(file.report.0.households_refused, "foyer refusé", "foyers refusés")).into()
            }
            Some(_) => Badge::ok("terminé").into(),
            None => {
                Badge::info(format!("{} foyers sur {}", fr::number(file.households_done), fr::number(file.households)))
                    .into()
            }
        };
        Row::new([
            Link::new(format!("/imports/{}", file.id), file.file_name.as_str()).into(),
            fr::date_long(file.reference_date).into(),
            fr::number(file.households).into(),
            state,
            fr::moment(file.started_at).into(),
        ])
    });
    let empty = EmptyState::new(
        "Aucun fichier reçu",
        "Le fichier mensuel des bénéficiaires de la CAF remplit les dossiers\u{a0}: c’est le premier à importer.",
    );
    let empty = if may_import { empty.link(Link::new("/imports", "Importer un fichier")) } else { empty };
    Table::new("derniers-imports", "Derniers fichiers reçus", columns, rows).caption_hidden().empty(empty)
}

fn shortcuts(signed: &Signed) -> Vec<Shortcut> {
    use ActionKind as A;
    let all = [
        (
            A::Designate,
            "/agence",
            "Voir le tableau de bord de l’agence",
            "Arrivées, personnes sans référent, échéances, charge de chacun.",
        ),
        (
            A::ManageStaff,
            "/agence/equipe",
            "Tenir l’équipe à jour",
            "Temps de travail, absences, départs, chacun daté.",
        ),
        (
            A::FollowFlow,
            "/pilotage/flux",
            "Suivre le flux du département",
            "Du fichier de la CAF au premier rendez-vous, et les structures côte à côte.",
        ),
        (A::AskSupport, "/appuis", "Suivre vos demandes d’appui", "Ce que la circonscription a répondu."),
        (
            A::SearchPeople,
            "/recherche",
            "Chercher une personne",
            "Par son nom, sa date de naissance, son numéro d’allocataire ou son téléphone.",
        ),
        (
            A::ListPeople,
            "/personnes",
            "Parcourir les personnes",
            "La liste, à filtrer par commune, public, situation du droit.",
        ),
        (
            A::DecideOrientations,
            orientations::PATH,
            "Orienter",
            "Les personnes qui attendent, ce que les règles proposent, une par une ou par liste.",
        ),
        (
            A::ImportFeed,
            "/imports",
            "Importer un fichier de la CAF",
            "Le fichier est vérifié en entier avant que rien ne soit écrit.",
        ),
        (
            A::DecideMatch,
            "/rapprochements",
            "Décider des rapprochements",
            "Dire si deux fiches qui se ressemblent sont la même personne.",
        ),
        (A::ReadJournal, "/journal", "Lire le journal", "Qui a consulté ou modifié quoi, et quand."),
        (
            A::ManageAccounts,
            "/administration/comptes",
            "Gérer les comptes et les mandats",
            "Ouvrir un compte, donner ou terminer un mandat, un nouveau mot de passe.",
        ),
        (
            A::ManageAccounts,
            "/administration/parametres",
            "Régler les paramètres",
            "Délais, seuils et durées, chacun avec sa date et son texte.",
        ),
        (
            A::Operate,
            "/exploitation",
            "Surveiller l’application",
            "Traitements en cours, santé, points de contrôle du journal.",
        ),
        (
            A::ReadTerritory,
            "/territoire",
            "Voir le territoire",
            "Communes, agences et services, avec leurs dates et qui dessert quoi.",
        ),
    ];
    let mut shortcuts: Vec<Shortcut> = all
        .into_iter()
        .filter(|(action, ..)| signed.may(*action))
        .map(|(_, href, label, what_for)| Shortcut { href, label, what_for })
        .collect();
    shortcuts.push(Shortcut {
        href: "/regles",
        label: "Lire les règles appliquées",
        what_for: "Chaque règle, son texte, ses dates, et si elle est confirmée.",
    });
    shortcuts
}
