//! `/appuis`: a social worker who stays in charge asks the district for a counsellor's support; the district answers;
//! the département sees how the counsellors are loaded.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::{Date, Id};
use facts::Fact;
use platform::Account;
use platform::gate::{ActionKind, AnswerSupport, AskSupport, FollowFlow, may};
use support::person::Person;
use support::sharing::{self, DistrictLoad, RequestLine, SupportRequest, SupportState};
use territory::Names;

use super::{accompaniment, follow_words as words, page, person_words};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Bar, Button, Column, EmptyState, Field, Figure, Flash, Form, Fragment, Help, Link, Query, Row,
    Table, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::problems::sentence;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

const PATH: &str = "/appuis";

pub fn routes() -> Vec<Route> {
    let ask = Policy::May(ActionKind::AskSupport);
    let answer = Policy::May(ActionKind::AnswerSupport);
    vec![
        Route::new(PATH, Policy::May(ActionKind::FollowPeople), get(list)),
        Route::new("/personnes/{id}/appui/demander", ask, post(ask_support)),
        Route::new("/personnes/{id}/appui/retirer", ask, post(withdraw)),
        Route::new("/personnes/{id}/appui/accepter", answer, post(accept)),
        Route::new("/personnes/{id}/appui/refuser", answer, post(refuse)),
        Route::new("/personnes/{id}/appui/terminer", answer, post(finish)),
    ]
}

/// The page.
#[derive(Template)]
#[template(path = "support_requests.html")]
struct Requests {
    layout: Layout,
    figures: Vec<Figure>,
    lists: Vec<(&'static str, &'static str, Table)>,
}

async fn list(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let (platform, actor, today) = (&app.platform, &signed.actor, app.platform.today());
    let names = app.directory.names(platform, app.tenant).await?;
    let layout = signed.layout(&app, PATH, "Appuis au service social");
    if may::<FollowFlow>(actor) {
        let loads = sharing::district_loads(platform, actor).await?;
        let layout = layout
            .lead(format!("Charge des conseillères et conseillers par circonscription, au {}.", fr::date_long(today)));
        let table = district_table(&loads, &names);
        return Ok(page(&Requests {
            layout,
            figures: district_figures(&loads),
            lists: vec![("circonscriptions", "Par circonscription", table)],
        }));
    }
    let found = sharing::requests(platform, actor).await?;
    let own = actor.account();
    let (lead, lists) = if may::<AnswerSupport>(actor) {
        let mine = |line: &&RequestLine| line.state == SupportState::Accepted && line.counsellor == own;
        let others = |line: &&RequestLine| line.state == SupportState::Accepted && line.counsellor != own;
        let asked = found.iter().filter(|line| line.state == SupportState::Asked);
        let lists = vec![
            ("demandes", "Demandes qui attendent une réponse", asked_table(asked, &names, today)),
            ("miennes", "Personnes que j’appuie", accepted_table("miennes", found.iter().filter(mine), &names, today)),
            (
                "autres",
                "Appuyées par mes collègues",
                accepted_table("autres", found.iter().filter(others), &names, today),
            ),
        ];
        (
            "La travailleuse ou le travailleur social reste référent\u{a0}; vous apportez un appui, chacun avec sa part.",
            lists,
        )
    } else {
        let lists = vec![("mes-demandes", "Mes demandes", own_table(&found, &names, today))];
        (
            "Vous restez la référente ou le référent\u{a0}: la circonscription apporte l’appui d’une conseillère ou d’un conseiller.",
            lists,
        )
    };
    Ok(page(&Requests { layout: layout.lead(lead), figures: Vec::new(), lists }))
}

fn who(line: &RequestLine, names: &Names) -> Fragment {
    let name = person_words::name(&line.usual_name, &line.first_name);
    let link = Link::new(format!("{}#appui", words::href(line.person)), name);
    Fragment::with_detail(link, super::search::commune(names, &line.commune_code))
}

fn since(line: &RequestLine, today: Date) -> Fragment {
    Fragment::with_detail(fr::date_long(line.since), fr::relative(line.since, today))
}

fn asked_table<'a>(lines: impl Iterator<Item = &'a RequestLine>, names: &Names, today: Date) -> Table {
    let columns = [
        Column::text("Personne"),
        Column::text("Ce qui est attendu"),
        Column::text("Demandé par"),
        Column::text("Depuis"),
        Column::actions("Réponse"),
    ];
    let rows = lines.map(|line| {
        let path = format!("{}/appui", person_words::href(line.person));
        let accept = ActionForm::new(format!("{path}/accepter"), Button::primary("Accepter"));
        let answer = Link::new(format!("{}#appui", words::href(line.person)), "Refuser en disant pourquoi");
        Row::new([
            who(line, names),
            line.reason.as_str().into(),
            line.asked_by_name.as_str().into(),
            since(line, today),
            Fragment::join([accept.into(), answer.into()]),
        ])
    });
    let empty = EmptyState::new(
        "Aucune demande n’attend",
        "Les travailleuses et travailleurs sociaux de la circonscription demandent un appui depuis le suivi d’une personne.",
    );
    Table::new("demandes", "Demandes qui attendent une réponse", columns, rows).caption_hidden().empty(empty)
}

fn accepted_table<'a>(id: &str, lines: impl Iterator<Item = &'a RequestLine>, names: &Names, today: Date) -> Table {
    let columns =
        [Column::text("Personne"), Column::text("Ce qui est attendu"), Column::text("Avec"), Column::text("Depuis")];
    let rows = lines.map(|line| {
        Row::new([
            who(line, names),
            line.reason.as_str().into(),
            line.asked_by_name.as_str().into(),
            since(line, today),
        ])
    });
    let empty =
        EmptyState::new("Personne pour le moment", "Une demande acceptée s’affiche ici jusqu’à la fin de l’appui.");
    Table::new(format!("appuis-{id}"), "Appuis en cours", columns, rows).caption_hidden().empty(empty)
}

fn badge(state: SupportState) -> Badge {
    let tone = match state {
        SupportState::Asked => Tone::Info,
        SupportState::Accepted => Tone::Ok,
        SupportState::Refused => Tone::Warning,
        SupportState::Returned | SupportState::Withdrawn => Tone::Neutral,
    };
    Badge::new(tone, state.label())
}

fn own_table(found: &[RequestLine], names: &Names, today: Date) -> Table {
    let columns = [
        Column::text("Personne"),
        Column::text("Où en est la demande"),
        Column::text("Depuis"),
        Column::actions("Retirer"),
    ];
    let rows = found.iter().map(|line| {
        let path = format!("{}/appui/retirer", person_words::href(line.person));
        let withdraw = ActionForm::new(path, Button::secondary("Retirer la demande"));
        Row::new([
            who(line, names),
            Fragment::with_detail(badge(line.state), line.reason.as_str()),
            since(line, today),
            (line.state == SupportState::Asked).then_some(withdraw).into(),
        ])
    });
    let empty = EmptyState::new(
        "Vous n’avez demandé aucun appui",
        "Ouvrez le suivi d’une personne que vous accompagnez, puis dites ce que vous attendez d’une conseillère ou d’un conseiller.",
    )
    .link(Link::new("/suivi", "Voir mes personnes"));
    Table::new("mes-demandes", "Mes demandes d’appui", columns, rows).caption_hidden().empty(empty)
}

fn district_figures(loads: &[DistrictLoad]) -> Vec<Figure> {
    let counsellors = loads.iter().map(|load| load.counsellors.len()).sum::<usize>() as u64;
    let people: i64 = loads.iter().flat_map(|load| &load.counsellors).map(|(_, people)| people).sum();
    let waiting: i64 = loads.iter().map(|load| load.waiting).sum();
    let figure = |label, count: u64, one, many| Figure::new(label, fr::number(count), fr::plural(count, one, many));
    vec![
        figure("Conseillères et conseillers", counsellors, "personne en poste", "personnes en poste"),
        figure("Appuis en cours", words::counted(people), "personne appuyée", "personnes appuyées"),
        figure("Demandes sans réponse", words::counted(waiting), "demande", "demandes"),
    ]
}

fn district_table(loads: &[DistrictLoad], names: &Names) -> Table {
    let sum = |load: &DistrictLoad| load.counsellors.iter().map(|(_, people)| people).sum::<i64>();
    let mean =
        |load: &DistrictLoad| (!load.counsellors.is_empty()).then(|| sum(load) as f64 / load.counsellors.len() as f64);
    let most = loads.iter().filter_map(mean).fold(1.0, f64::max);
    let columns = [
        Column::text("Circonscription"),
        Column::number("Demandes sans réponse"),
        Column::number("Appuis en cours"),
        Column::text("Par conseillère ou conseiller"),
        Column::text("Détail"),
    ];
    let mut sorted: Vec<&DistrictLoad> = loads.iter().collect();
    sorted.sort_by_key(|load| names.name(load.district).to_owned());
    let rows = sorted.into_iter().map(|load| {
        let detail: Vec<String> =
            load.counsellors.iter().map(|(staff, people)| format!("{}\u{a0}: {people}", staff.name)).collect();
        Row::new([
            names.name(load.district).into(),
            fr::number(load.waiting).into(),
            fr::number(sum(load)).into(),
            match mean(load) {
                Some(mean) => Bar::new(fr::decimal(mean, 1), mean / most).into(),
                None => "aucun poste tenu".into(),
            },
            if detail.is_empty() { "—".into() } else { detail.join("\u{202f}; ").into() },
        ])
    });
    let empty = EmptyState::new(
        "Aucune circonscription ne dessert de commune aujourd’hui",
        "La sectorisation du territoire dit quelle circonscription sert chaque commune.",
    )
    .link(Link::new("/territoire", "Voir le territoire"));
    Table::new("circonscriptions", "Appuis par circonscription", columns, rows).caption_hidden().empty(empty)
}

/// What is shown of the shared case on the accompaniment of a person: where it stands, and what one may do.
#[derive(Template)]
#[template(path = "sharing.html")]
pub struct Sharing {
    state: Option<Fragment>,
    forms: Vec<Fragment>,
    history: Option<Help>,
}

impl askama::filters::HtmlSafe for Sharing {}

/// A form about the shared case sent back with its mistake.
pub struct SharingForm {
    action: &'static str,
    text: String,
    error: String,
}

impl Sharing {
    /// `None` for who has no part in such cases and when there never was one.
    pub fn of(
        signed: &Signed,
        person: Id<Person>,
        history: &[Fact<SupportRequest>],
        accounts: &BTreeMap<Id<Account>, String>,
        sent: Option<SharingForm>,
        today: Date,
    ) -> Option<Self> {
        let (asks, answers) = (may::<AskSupport>(&signed.actor), may::<AnswerSupport>(&signed.actor));
        let last = history.first();
        if !asks && !answers && last.is_none() {
            return None;
        }
        let name = |account: Id<Account>| accounts.get(&account).map_or("quelqu’un", String::as_str);
        let told = |fact: &Fact<SupportRequest>| {
            let request = &fact.value;
            let by = match (request.state, request.counsellor) {
                (SupportState::Asked | SupportState::Withdrawn, _) | (_, None) => name(request.asked_by),
                (_, Some(counsellor)) => name(counsellor),
            };
            let day = fact.recorded_at.date();
            let when =
                format!("{} par {by} le {}, {}.", request.state.label(), fr::date_long(day), fr::relative(day, today));
            Fragment::with_detail(
                Fragment::join([badge(request.state).into(), fr::capitalised(&when).into()]),
                request.reason.as_str(),
            )
        };
        let path = format!("{}/appui", person_words::href(person));
        let text = |action: &'static str, label: &str, button: Button| {
            let sent = sent.as_ref().filter(|sent| sent.action == action);
            let field = Field::textarea("texte", label, 2)
                .prefix(action)
                .value(sent.map_or("", |sent| sent.text.as_str()))
                .error(sent.map(|sent| sent.error.as_str()))
                .required();
            Fragment::from(Form::post(format!("{path}/{action}")).field(field).button(button))
        };
        let button = |action: &str, button: Button| Fragment::from(ActionForm::new(format!("{path}/{action}"), button));
        let own = signed.actor.account();
        let forms = match last.map(|fact| &fact.value) {
            Some(open) if open.state == SupportState::Asked => {
                let withdraw = asks && Some(open.asked_by) == own;
                let withdraw = withdraw.then(|| button("retirer", Button::secondary("Retirer la demande")));
                let answer = answers.then(|| {
                    [
                        button("accepter", Button::primary("Accepter la demande")),
                        text("refuser", "Ou refuser\u{a0}: pourquoi", Button::secondary("Refuser la demande")),
                    ]
                });
                withdraw.into_iter().chain(answer.into_iter().flatten()).collect()
            }
            Some(open) if open.state == SupportState::Accepted => {
                let finish = answers && open.counsellor == own;
                let form = || {
                    text("terminer", "Où en est la personne à la fin de l’appui", Button::primary("Terminer l’appui"))
                };
                finish.then(form).into_iter().collect()
            }
            _ if asks => {
                let label = "Ce que vous attendez d’une conseillère ou d’un conseiller";
                vec![text("demander", label, Button::primary("Demander un appui"))]
            }
            _ => Vec::new(),
        };
        let earlier: Vec<Fragment> = history.iter().skip(1).map(told).collect();
        let earlier = (!earlier.is_empty()).then(|| Help::new("Ce qui s’est passé avant", Fragment::join(earlier)));
        Some(Self { state: last.map(told), forms, history: earlier })
    }
}

fn number(id: &str) -> Result<Id<Person>, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

/// Back to the shared case, with what was done; or the form again with what is to be mended.
async fn answer(
    app: &App,
    signed: &Signed,
    person: Id<Person>,
    outcome: support::Result<()>,
    told: &str,
    sent: Option<(&'static str, String)>,
) -> Result<Response, Problem> {
    match (outcome, sent) {
        (Ok(()), _) => Ok(redirect_with(Flash::success(told), &format!("{}#appui", words::href(person)))),
        (Err(support::Error::Invalid(why)), Some((action, text))) => {
            let form = SharingForm { action, text, error: sentence(&why) };
            accompaniment::with_sharing(app, signed, person, form).await
        }
        (Err(error), _) => Err(error.into()),
    }
}

fn typed(body: &[u8]) -> String {
    Query::parse(std::str::from_utf8(body).ok()).get("texte").unwrap_or_default().to_owned()
}

async fn ask_support(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let (person, text) = (number(&id)?, typed(&body));
    let outcome = sharing::ask(&app.platform, &signed.actor, person, &text).await;
    let told = "La demande est envoyée à la circonscription\u{a0}: vous restez référent·e de la personne.";
    answer(&app, &signed, person, outcome, told, Some(("demander", text))).await
}

async fn withdraw(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let person = number(&id)?;
    let outcome = sharing::withdraw(&app.platform, &signed.actor, person).await;
    answer(&app, &signed, person, outcome, "La demande est retirée.", None).await
}

async fn accept(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let person = number(&id)?;
    let outcome = sharing::accept(&app.platform, &signed.actor, person).await;
    answer(&app, &signed, person, outcome, "Vous appuyez maintenant cette personne.", None).await
}

async fn refuse(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let (person, text) = (number(&id)?, typed(&body));
    let outcome = sharing::refuse(&app.platform, &signed.actor, person, &text).await;
    answer(&app, &signed, person, outcome, "La demande est refusée, avec sa raison.", Some(("refuser", text))).await
}

async fn finish(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let (person, text) = (number(&id)?, typed(&body));
    let outcome = sharing::return_to_social_worker(&app.platform, &signed.actor, person, &text).await;
    let told = "L’appui est terminé\u{a0}: le service social continue seul.";
    answer(&app, &signed, person, outcome, told, Some(("terminer", text))).await
}
