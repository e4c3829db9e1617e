//! `/rapprochements`: two records that may be one person. The import proposes, somebody decides, and may undo.

use askama::Template;
use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::{Id, fold};
use platform::gate::ActionKind;
use support::labels::Sex;
use support::matching::{self, Certain, Doubt, Outcome, Pair, Side, Verdict};
use support::person::Precision;
use territory::Names;

use super::search::commune;
use super::{page, person_words as words};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, BulkBar, Button, ButtonKind, Column, EmptyState, Flash, Fragment, Link, Notice, Pager, Query,
    Row, Table, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

const PATH: &str = "/rapprochements";
const CERTAIN_PATH: &str = "/rapprochements/certains";

const PAGE: i64 = 25;

/// Pairs without contradiction shown, and so decided, together.
const TOGETHER: usize = 100;

pub fn routes() -> Vec<Route> {
    let policy = Policy::May(ActionKind::DecideMatch);
    vec![
        Route::new(PATH, policy, get(list)),
        Route::new(CERTAIN_PATH, policy, get(certain).post(decide_certain)),
        Route::new("/rapprochements/{id}", policy, post(decide)),
        Route::new("/rapprochements/{id}/annuler", policy, post(undo)),
    ]
}

/// The work list with this pair at its top.
pub fn href(doubt: Id<Doubt>) -> String {
    format!("{PATH}?apres={}", doubt.raw() - 1)
}

/// The page.
#[derive(Template)]
#[template(path = "matches.html")]
struct Matches {
    layout: Layout,
    offers_certain: bool,
    notice: Option<Notice>,
    table: Table,
}

async fn list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let after = query.get("apres").and_then(|after| after.parse().ok()).unwrap_or(Id::new(0));
    let (pairs, waiting) = matching::open_doubts(&app.platform, &signed.actor, after, PAGE).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let waiting = u64::try_from(waiting).unwrap_or(0);
    let next = (pairs.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX))
        .then(|| pairs.last().map(|pair| query.with("apres", pair.doubt.id.to_string()).href(PATH)))
        .flatten();
    let first = (after.raw() > 0).then(|| PATH.to_owned());
    let shown = u64::try_from(pairs.len()).unwrap_or(u64::MAX);
    let pager = Pager::of(shown, waiting.max(shown), "rapprochement à décider", "rapprochements à décider")
        .previous(first)
        .next(next);
    let table = Table::new("paires", "Rapprochements à décider", columns("Décision"), pairs.iter().map(|pair| row(pair, &names, decision(pair))))
        .pager(pager)
        .empty(
            EmptyState::new(
                "Aucun rapprochement à décider",
                "Chaque import compare les fiches. Quand deux fiches semblent être la même personne sans que ce soit sûr, elles apparaissent ici.",
            )
            .link(Link::new("/imports", "Voir les imports")),
        );
    let layout = signed.layout(&app, PATH, "Rapprochements").lead(
        "Deux fiches qui décrivent peut-être la même personne. Rien n’est fusionné\u{a0}: décider les relie, et se défait à tout moment.",
    );
    Ok(page(&Matches { layout, offers_certain: waiting > 0, notice: None, table }))
}

fn columns(last: &str) -> [Column; 5] {
    [
        Column::text("Première fiche"),
        Column::text("Seconde fiche"),
        Column::text("Pourquoi"),
        Column::text("Comparaison"),
        Column::text(last),
    ]
}

/// One pair, both records side by side.
fn row(pair: &Pair, names: &Names, last: Fragment) -> Row {
    Row::new([
        record(&pair.a, names),
        record(&pair.b, names),
        fr::capitalised(pair.doubt.reason.label()).into(),
        comparison(pair),
        last,
    ])
}

/// What a record says, in lines.
#[derive(Template)]
#[template(path = "match_record.html")]
struct Record {
    person: Fragment,
    lines: Vec<(&'static str, Fragment)>,
}

fn record(side: &Side, names: &Names) -> Fragment {
    let card = &side.card;
    let attached = match (side.attached_since, side.attached_until) {
        (Some(since), Some(until)) => format!("du {} au {}", fr::date_short(since), fr::date_short(until)),
        (Some(since), None) => format!("depuis le {}", fr::date_short(since)),
        (None, _) => "inconnu".to_owned(),
    };
    let lines = vec![
        ("Naissance", words::birth_date(card.birth_date, card.birth_date_precision).into()),
        ("Commune", commune(names, &card.commune_code)),
        ("Droit", words::right_badge(&card.right_status)),
        ("Foyer", Fragment::from(format!("{}, {attached}", words::role(&card.role, Sex::of(&card.sex))))),
        ("N° de demande", card.claim_number.clone().into()),
        ("NIR", if side.has_number { "connu".into() } else { "inconnu".into() }),
    ];
    Fragment::render(&Record { person: words::link(card), lines })
}

/// What the two records say otherwise, then alike.
fn comparison(pair: &Pair) -> Fragment {
    let (a, b) = (&pair.a.card, &pair.b.card);
    let said = [
        ("nom de naissance", fold(&a.birth_name) == fold(&b.birth_name)),
        ("nom d’usage", fold(&a.usual_name) == fold(&b.usual_name)),
        ("prénom", fold(&a.first_name) == fold(&b.first_name)),
        ("date de naissance", a.birth_date == b.birth_date),
        ("sexe", a.sex == b.sex),
        ("commune", a.commune_code == b.commune_code),
        ("dossier", a.claim_number == b.claim_number),
    ];
    let whole = a.birth_date_precision == Precision::Full && b.birth_date_precision == Precision::Full;
    let partial = (!whole).then(|| Badge::new(Tone::Unknown, "date de naissance partielle"));
    let different = said
        .iter()
        .filter(|(_, same)| !same)
        .map(|(what, _)| Badge::warning(format!("{what} différent{}", agreement(what))));
    let same: Vec<&str> = said.iter().filter(|(_, same)| *same).map(|(what, _)| *what).collect();
    let differences = Fragment::join(partial.into_iter().chain(different).map(Fragment::from));
    if same.is_empty() {
        differences
    } else {
        Fragment::with_detail(differences, format!("Identiques\u{a0}: {}", fr::list(&same)))
    }
}

/// « date de naissance différente », « commune différente ».
fn agreement(what: &str) -> &'static str {
    if what.starts_with("date") || what == "commune" { "e" } else { "" }
}

fn decision(pair: &Pair) -> Fragment {
    let action = format!("{PATH}/{}", pair.doubt.id);
    let form = |label: &str, kind, verdict: &str| {
        Fragment::from(ActionForm::new(action.clone(), Button::new(kind, label)).hidden("verdict", verdict))
    };
    Fragment::join([
        form("Même personne", ButtonKind::Primary, "same"),
        form("Deux personnes", ButtonKind::Secondary, "different"),
    ])
}

async fn decide(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let doubt: Id<Doubt> = id.parse().map_err(|_| Problem::not_found())?;
    let verdict = form_urlencoded::parse(&body)
        .find(|(name, _)| name == "verdict")
        .and_then(|(_, value)| Verdict::from_code(&value));
    let Some(verdict) = verdict else {
        return Err(Problem::unreadable(
            "La décision manque\u{a0}: revenez aux rapprochements et choisissez l’un des deux boutons.",
        ));
    };
    matching::decide(&app.platform, &signed.actor, doubt, verdict).await?;
    let told = match verdict {
        Verdict::Same => "Les deux fiches sont reliées\u{a0}: c’est la même personne.",
        Verdict::Different => "Les deux fiches restent séparées\u{a0}: ce sont deux personnes.",
    };
    Ok(redirect_with(Flash::success(told).undo(format!("{PATH}/{doubt}/annuler")), PATH))
}

async fn undo(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let doubt: Id<Doubt> = id.parse().map_err(|_| Problem::not_found())?;
    matching::undo(&app.platform, &signed.actor, doubt).await?;
    Ok(redirect_with(Flash::success("La décision est annulée, le rapprochement attend de nouveau."), &href(doubt)))
}

/// The pairs on which nothing speaks against « same person », to be decided together.
async fn certain(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let after = query.get("apres").and_then(|after| after.parse().ok()).unwrap_or(Id::new(0));
    let found = matching::certain_doubts(&app.platform, &signed.actor, after, TOGETHER).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let rows = found.pairs.iter().map(|pair| {
        let who = format!("{} et {}", words::card_name(&pair.a.card), words::card_name(&pair.b.card));
        row(pair, &names, Fragment::default()).choice(pair.doubt.id.to_string(), who)
    });
    let first = (after.raw() > 0).then(|| CERTAIN_PATH.to_owned());
    let next = found.next.map(|next| query.with("apres", next.to_string()).href(CERTAIN_PATH));
    let table = Table::new("certaines", "Même NIR, mêmes noms, même date de naissance", columns("Décision"), rows)
        .bulk(BulkBar::new(CERTAIN_PATH, [Button::primary("Même personne pour les lignes choisies")]))
        .pager(Pager::new(looked_through(&found)).previous(first).next(next))
        .empty(
            EmptyState::new(
                "Aucun rapprochement sans contradiction",
                "Ceux qui restent demandent à être regardés un par un.",
            )
            .link(Link::new(PATH, "Retour aux rapprochements").button(ButtonKind::Secondary)),
        );
    let notice = Notice::new(
        Tone::Info,
        "Aperçu\u{a0}: rien n’est encore décidé",
        "Choisissez les lignes à décider ensemble. Chaque décision pourra être annulée une par une.",
    );
    let layout = signed.layout(&app, CERTAIN_PATH, "Rapprochements sans contradiction").crumb("Rapprochements", PATH);
    Ok(page(&Matches { layout, offers_certain: false, notice: Some(notice), table }))
}

/// How many are shown, and how far the list has been looked through.
fn looked_through(found: &Certain) -> String {
    let shown = found.pairs.len() as u64;
    let shown = fr::count(shown, "rapprochement sans contradiction", "rapprochements sans contradiction");
    let waiting = fr::count(found.waiting, "qui attend pour un même NIR", "qui attendent pour un même NIR");
    match found.next {
        Some(_) => format!("{shown} sur cette page, {} regardés sur {waiting}", fr::number(found.looked_through)),
        None => shown,
    }
}

async fn decide_certain(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let chosen: Vec<Id<Doubt>> = form_urlencoded::parse(&body)
        .filter(|(name, _)| name == "choix")
        .filter_map(|(_, id)| id.parse().ok())
        .collect();
    if chosen.is_empty() {
        return Ok(redirect_with(
            Flash::warning("Aucune ligne n’était choisie\u{a0}: rien n’a été décidé."),
            CERTAIN_PATH,
        ));
    }
    let outcomes = matching::decide_certain(&app.platform, &signed.actor, &chosen).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let rest = matching::certain_doubts(&app.platform, &signed.actor, Id::new(0), 1).await?;
    let rows = outcomes.iter().map(|outcome| {
        let told: Fragment = if outcome.decided {
            let undo = format!("{PATH}/{}/annuler", outcome.pair.doubt.id);
            let undo = ActionForm::new(undo, Button::secondary("Annuler"));
            Fragment::join([Badge::ok("même personne").into(), undo.into()])
        } else {
            Badge::warning("laissé à décider").into()
        };
        row(&outcome.pair, &names, told)
    });
    let table = Table::new("resultats", "Résultat de chaque décision", columns("Résultat"), rows);
    let layout = signed
        .layout(&app, CERTAIN_PATH, "Rapprochements décidés ensemble")
        .crumb("Rapprochements", PATH)
        .crumb("Sans contradiction", CERTAIN_PATH);
    let notice = decided_together(&outcomes, &chosen, &rest);
    Ok(page(&Matches { layout, offers_certain: false, notice: Some(notice), table }))
}

/// What was decided of what was asked, and the way to the pairs that still wait.
fn decided_together(outcomes: &[Outcome], chosen: &[Id<Doubt>], rest: &Certain) -> Notice {
    let done = outcomes.iter().filter(|outcome| outcome.decided).count() as u64;
    let title = format!(
        "{} sur {}",
        fr::count(done, "rapprochement décidé", "rapprochements décidés"),
        fr::number(chosen.len())
    );
    let all = done == chosen.len() as u64;
    let left = "Les autres ont changé entre-temps ou présentent une contradiction\u{a0}: regardez-les un par un.";
    let left = (!all).then(|| Fragment::from(left));
    let more = (!rest.pairs.is_empty()).then(|| {
        let waiting = fr::count(rest.waiting, "rapprochement attend", "rapprochements attendent");
        let told = format!("{waiting} encore pour un même NIR.");
        Fragment::join([told.into(), Link::new(CERTAIN_PATH, "Continuer avec les suivants").into()])
    });
    Notice::new(if all { Tone::Ok } else { Tone::Warning }, title, Fragment::join(left.into_iter().chain(more)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::search::sample_card;
    use base::Instant;
    use support::matching::Reason;

    fn side(name: &str) -> Side {
        Side { card: sample_card(name), attached_since: None, attached_until: None, has_number: true }
    }

    fn pair() -> Pair {
        let doubt = Doubt {
            id: Id::new(5),
            tenant: Id::new(1),
            person_a: Id::new(12),
            person_b: Id::new(13),
            reason: Reason::SameNumber,
            file: Id::new(2),
            found_at: Instant::from_micros(0),
        };
        Pair { doubt, a: side("DIALLO"), b: side("DIALO"), verdict: None }
    }

    #[test]
    fn differences_are_said_in_words_and_come_first() {
        let said = comparison(&pair()).to_string();
        let (different, same) = said.split_once("Identiques").unwrap();
        assert!(different.contains("nom de naissance différent") && same.contains("prénom"), "{said}");
        assert_eq!(agreement("commune"), "e");
    }

    #[test]
    fn a_pair_can_be_opened_at_the_top_of_the_list() {
        assert_eq!(href(Id::new(5)), "/rapprochements?apres=4");
        let html = Table::new("t", "t", columns("Décision"), [row(&pair(), &Names::default(), decision(&pair()))])
            .render()
            .unwrap();
        assert!(html.contains("value=\"same\"") && html.contains("value=\"different\""), "{html}");
        assert!(html.contains("Même NIR dans deux foyers"), "{html}");
    }

    #[test]
    fn what_is_left_is_said_and_can_be_continued() {
        let rest = Certain { pairs: vec![pair()], next: None, looked_through: 1, waiting: 1_140 };
        let outcomes = [Outcome { pair: pair(), decided: true }];
        let told = Fragment::from(decided_together(&outcomes, &[Id::new(5)], &rest)).to_string();
        assert!(told.contains("1\u{202f}140\u{a0}rapprochements attendent") && told.contains(CERTAIN_PATH), "{told}");
        let done = Certain { pairs: Vec::new(), waiting: 0, ..rest.clone() };
        let told = Fragment::from(decided_together(&outcomes, &[Id::new(5), Id::new(6)], &done)).to_string();
        assert!(told.contains("1\u{a0}rapprochement décidé sur 2") && !told.contains("Continuer"), "{told}");
        let page = Certain { next: Some(Id::new(500)), looked_through: 500, ..rest };
        assert!(looked_through(&page).contains("500 regardés sur 1\u{202f}140"), "{}", looked_through(&page));
        assert!(!looked_through(&done).contains("regardés"));
    }
}
