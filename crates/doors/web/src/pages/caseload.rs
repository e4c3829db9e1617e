//! `/suivi`: « qui a besoin de moi maintenant », and the agenda. Read at a desk and on a telephone.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use base::{Date, Id};
use jiff::ToSpan;
use platform::Account;
use platform::gate::{ActionKind, AnswerSupport, may};
use support::follow_up::{self, ListRequest, Need};
use support::meeting::{self, AgendaLine, MeetingStatus};
use support::sharing::{self, RequestLine, SupportState};

use super::follow_words::{self as words, counted};
use super::{page, person_words};
use crate::app::App;
use crate::components::{
    Badge, ButtonKind, Chip, Choice, Column, EmptyState, Field, FilterBar, Fragment, Link, Pager, Query, Row, Table,
    Tabs, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::Signed;

const PATH: &str = "/suivi";
const AGENDA: &str = "/suivi/agenda";

const PAGE: usize = 50;

pub fn routes() -> Vec<Route> {
    let policy = Policy::May(ActionKind::Accompany);
    vec![Route::new(PATH, policy, get(list)), Route::new(AGENDA, policy, get(agenda))]
}

fn tabs(current: &str) -> Tabs {
    Tabs::new("Mes personnes", current).tab(PATH, "Qui a besoin de moi").tab(AGENDA, "Agenda")
}

/// The caseload.
#[derive(Template)]
#[template(path = "caseload.html")]
struct Caseload {
    layout: Layout,
    tabs: Tabs,
    filters: FilterBar,
    table: Table,
    /// People whom a social worker shares with the reader.
    supported: Option<Table>,
}

fn own_account(signed: &Signed) -> Result<Id<Account>, Problem> {
    signed.actor.account().ok_or_else(|| Problem::forbidden("Ce mandat n’est pas celui d’une personne."))
}

async fn list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let (platform, account, today) = (&app.platform, own_account(&signed)?, app.platform.today());
    let names = app.directory.names(platform, app.tenant).await?;
    let needs = follow_up::needs_of(platform, &signed.actor, account).await?;
    let need = query.get("besoin").and_then(|rank| Need::from_rank(rank.parse().ok()?));
    let request = ListRequest {
        counsellor: Some(account),
        need,
        after: query.get("apres").and_then(|after| after.parse().ok()),
        page_size: PAGE,
        ..ListRequest::default()
    };
    let found = follow_up::list(platform, &signed.actor, &request).await?;
    let columns = [
        Column::text("Personne"),
        Column::text("Pourquoi"),
        Column::text("Prochain rendez-vous"),
        Column::actions("À faire"),
    ];
    let rows = found.lines.iter().map(|line| {
        Row::new([
            words::person(line, &names, today),
            words::reason(line, today),
            words::next_meeting(line),
            words::next_thing(line, false),
        ])
    });
    let next = found.next.map(|person| query.with("apres", person.to_string()).href(PATH));
    let first = query.get("apres").map(|_| query.without("apres").href(PATH));
    let shown = u64::try_from(found.lines.len()).unwrap_or(u64::MAX);
    let table = Table::new("personnes", "Qui a besoin de moi maintenant", columns, rows)
        .caption_hidden()
        .pager(Pager::of(shown, counted(found.count), "personne", "personnes").previous(first).next(next))
        .empty(empty(need.is_some()));
    let supported = if may::<AnswerSupport>(&signed.actor) {
        let requests = sharing::requests(platform, &signed.actor).await?;
        Some(supported(&requests, account, today))
    } else {
        None
    };
    let layout = signed.layout(&app, PATH, "Mes personnes").lead(lead(&needs, today));
    Ok(page(&Caseload { layout, tabs: tabs(PATH), filters: filters(&query, &needs, need), table, supported }))
}

/// « 60 personnes, dont 12 ont besoin de vous maintenant. »
fn lead(needs: &BTreeMap<Need, i64>, today: Date) -> String {
    let all = counted(needs.values().sum());
    let quiet = counted(needs.get(&Need::Nothing).copied().unwrap_or(0));
    let now = all - quiet.min(all);
    let verb = fr::plural(now, "a", "ont");
    format!(
        "{}, dont {} {verb} besoin de vous maintenant. {}.",
        fr::count(all, "personne", "personnes"),
        fr::number(now),
        fr::capitalised(&fr::date_full(today))
    )
}

fn filters(query: &Query, needs: &BTreeMap<Need, i64>, need: Option<Need>) -> FilterBar {
    let choices = needs
        .iter()
        .map(|(need, people)| Choice::new((*need as i64).to_string(), format!("{} ({people})", need.label())));
    let field = Field::select("besoin", "Besoin", [Choice::new("", "Tous")].into_iter().chain(choices));
    let bar = FilterBar::new(PATH, query).field(field.value(query.get("besoin").unwrap_or_default()));
    match need {
        Some(need) => bar.chip(Chip::new("Besoin", need.label(), query.without("besoin").href(PATH))),
        None => bar,
    }
}

fn empty(filtered: bool) -> EmptyState {
    if filtered {
        return EmptyState::new("Personne n’a ce besoin", "Retirez le filtre pour voir vos autres personnes.")
            .link(Link::new(PATH, "Toutes mes personnes").button(ButtonKind::Secondary));
    }
    EmptyState::new(
        "Personne ne vous est confié pour le moment",
        "Les personnes apparaissent ici dès que la personne responsable de votre structure vous les confie.",
    )
    .link(Link::new("/personnes", "Voir les personnes du secteur"))
}

fn supported(requests: &[RequestLine], account: Id<Account>, today: Date) -> Table {
    let columns = [Column::text("Personne"), Column::text("Ce qui est attendu"), Column::text("Avec")];
    let mine = requests.iter().filter(|line| line.state == SupportState::Accepted && line.counsellor == Some(account));
    let rows = mine.map(|line| {
        let name = person_words::name(&line.usual_name, &line.first_name);
        Row::new([
            Link::new(words::href(line.person), name).into(),
            line.reason.as_str().into(),
            Fragment::with_detail(line.asked_by_name.as_str(), format!("depuis {}", since(line.since, today))),
        ])
    });
    let empty = EmptyState::new(
        "Vous n’appuyez personne pour le moment",
        "Les demandes des travailleuses et travailleurs sociaux de la circonscription vous attendent sur la page des appuis.",
    );
    Table::new("appuis", "Personnes que j’appuie", columns, rows)
        .caption_hidden()
        .empty(empty.link(Link::new("/appuis", "Voir les demandes d’appui")))
}

/// « le 3 novembre 2026, il y a 3 semaines ».
fn since(day: Date, today: Date) -> String {
    format!("le {}, {}", fr::date_long(day), fr::relative(day, today))
}

/// The agenda.
#[derive(Template)]
#[template(path = "agenda.html")]
struct Agenda {
    layout: Layout,
    tabs: Tabs,
    days: Vec<(String, String, Table)>,
    empty: Option<EmptyState>,
    before: Link,
    after: Link,
    view: Link,
}

async fn agenda(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let today = app.platform.today();
    let day = query.get("jour").and_then(|day| day.parse::<Date>().ok()).unwrap_or(today);
    let week = query.get("vue") != Some("jour");
    // A week begins on Monday.
    let monday = day.checked_sub(i32::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day);
    let (from, length) = if week { (monday, 7) } else { (day, 1) };
    let to = from.checked_add(length.days()).unwrap_or(from);
    let lines = meeting::agenda(&app.platform, &signed.actor, from, to).await?;
    let mut by_day: BTreeMap<Date, Vec<&AgendaLine>> = BTreeMap::new();
    for line in &lines {
        by_day.entry(line.on).or_default().push(line);
    }
    let days = by_day.into_iter().map(|(day, lines)| {
        let title = fr::capitalised(&fr::date_full(day));
        (
            format!("jour-{day}"),
            if day == today { format!("{title} (aujourd’hui)") } else { title },
            meetings(day, &lines),
        )
    });
    let days: Vec<_> = days.collect();
    let at =
        |day: Date| Query::default().with("jour", day.to_string()).with("vue", if week { "semaine" } else { "jour" });
    let unit = if week { "Semaine" } else { "Jour" };
    let (view, label) = if week { ("jour", "Voir un jour") } else { ("semaine", "Voir la semaine") };
    let lead = if week {
        format!("Semaine du {}.", fr::date_long(from))
    } else {
        format!("{}.", fr::capitalised(&fr::date_full(from)))
    };
    let empty = days.is_empty().then(|| {
        EmptyState::new(
            if week { "Aucun rendez-vous cette semaine" } else { "Aucun rendez-vous ce jour" },
            "Un rendez-vous se fixe depuis le suivi d’une personne.",
        )
        .link(Link::new(PATH, "Voir mes personnes"))
    });
    Ok(page(&Agenda {
        layout: signed.layout(&app, AGENDA, "Mon agenda").lead(lead),
        tabs: tabs(AGENDA),
        days,
        empty,
        before: Link::new(
            at(from.checked_sub(length.days()).unwrap_or(from)).href(AGENDA),
            format!("{unit} {}", if week { "précédente" } else { "précédent" }),
        )
        .button(ButtonKind::Secondary),
        after: Link::new(at(to).href(AGENDA), format!("{unit} {}", if week { "suivante" } else { "suivant" }))
            .button(ButtonKind::Secondary),
        view: Link::new(Query::default().with("jour", day.to_string()).with("vue", view).href(AGENDA), label),
    }))
}

pub(super) const fn status_tone(status: MeetingStatus) -> Tone {
    match status {
        MeetingStatus::Planned => Tone::Info,
        MeetingStatus::Attended => Tone::Ok,
        MeetingStatus::Excused => Tone::Warning,
        MeetingStatus::Missed => Tone::Danger,
        MeetingStatus::Cancelled => Tone::Neutral,
    }
}

fn meetings(day: Date, lines: &[&AgendaLine]) -> Table {
    let columns = [Column::text("Heure"), Column::text("Personne"), Column::text("Rendez-vous")];
    let rows = lines.iter().map(|line| {
        let name = person_words::name(&line.usual_name, &line.first_name);
        Row::new([
            format!("{} à {}", words::hour(line.starts_at), words::hour(line.starts_at + line.minutes)).into(),
            Link::new(words::href(line.person), name).into(),
            Fragment::join([
                line.kind.label().into(),
                Badge::new(status_tone(line.status), line.status.label()).into(),
            ]),
        ])
    });
    Table::new(format!("rendez-vous-{day}"), format!("Rendez-vous du {}", fr::date_long(day)), columns, rows)
        .caption_hidden()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_lead_counts_who_needs_somebody_now() {
        let needs = BTreeMap::from([(Need::OutcomeMissing, 1), (Need::Nothing, 59)]);
        let told = lead(&needs, date(2026, 11, 22));
        assert!(told.starts_with("60\u{a0}personnes, dont 1 a besoin de vous"), "{told}");
    }
}
