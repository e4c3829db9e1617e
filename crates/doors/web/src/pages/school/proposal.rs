//! `/ecole/promotions/{id}/emploi-du-temps/proposition`: what the planner proposes, what it cannot and why, and the
//! decision of a person on each half-day.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::{Date, Id};
use school::cohort::{self, Cause, Change, Conflict, Disturbed, Half, Mend, Moves, NewSession, Proposal};

use super::calendar::monday_of;
use super::timetable::Timetable;
use super::{Part, Parts, cohort_path, mendable, typed};
use crate::app::App;
use crate::components::{
    Badge, Button, Choice, Column, EmptyState, Field, Figure, Flash, Form, Fragment, Link, Notice, Query, Row, Table,
    Tone,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

/// That planned sessions cannot take place, and where to mend it.
pub(super) fn disturbed_notice(count: usize, timetable: &str) -> Option<Notice> {
    let count = (count > 0).then_some(count as u64)?;
    let told = fr::count(
        count,
        "séance prévue ne peut plus avoir lieu où elle est",
        "séances prévues ne peuvent plus avoir lieu où elles sont",
    );
    let link = Link::new(format!("{timetable}/proposition"), "Voir lesquelles et replanifier");
    let text = Fragment::join([format!("{told}. ").into(), link.into()]);
    Some(Notice::new(Tone::Warning, "À replanifier", text))
}

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let timetable = Timetable::read(&app, &signed, &own).await?;
    Ok(page(&draw(&app, &signed, &timetable, &Query::default(), None).await?))
}

async fn draw(
    app: &App,
    signed: &Signed,
    timetable: &Timetable,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let path = format!("{}/proposition", timetable.path());
    let layout = signed
        .layout(app, &path, "Emploi du temps proposé")
        .crumb("École", super::PATH)
        .crumb(timetable.cohort.profile.value.name.as_str(), cohort_path(&timetable.cohort))
        .crumb("Emploi du temps", timetable.path())
        .lead("D’après le programme, le calendrier, les formateurs et les salles. Rien n’est enregistré avant votre décision.");
    let cohort = timetable.cohort.record.id;
    let proposal = match cohort::propose_timetable(&app.platform, &signed.actor, cohort).await {
        Ok(proposal) => proposal,
        Err(error) => {
            let mut parts = Parts::new(layout, Vec::new());
            let own = cohort_path(&timetable.cohort);
            let text = Fragment::join([
                format!("{} ", mendable(error)?).into(),
                Link::new(format!("{own}/programme"), "Programme").into(),
                " · ".into(),
                Link::new(format!("{own}/calendrier"), "Calendrier").into(),
            ]);
            parts.notices = vec![Notice::new(Tone::Warning, "Rien à proposer encore", text)];
            return Ok(parts);
        }
    };
    let mut parts = Vec::new();
    if !proposal.disturbed.is_empty() {
        parts.push(
            Part::new("touchees", "Ce qui ne peut plus avoir lieu", [disturbed_table(&proposal.disturbed).into()])
                .lead("Les séances prévues que touche une absence, une salle perdue ou une fermeture."),
        );
    }
    for (number, conflict) in proposal.conflicts.iter().enumerate() {
        parts.push(conflict_part(timetable, conflict, (number + 1, proposal.conflicts.len())));
    }
    // What was sent may leave nothing to decide.
    let refused = match (proposal.changes.is_empty(), problem) {
        (true, problem) => problem.map(|problem| Notice::new(Tone::Danger, "Rien n’a été enregistré", problem)),
        (false, problem) => {
            let form = decision_form(timetable, &path, &proposal, sent, problem);
            parts.push(Part::new("decision", "Décider, demi-journée par demi-journée", [form.into()]).lead(
                "Tout est coché d’avance. La proposition tient d’un bloc\u{a0}: en retirer une part peut rompre l’ordre des modules.",
            ));
            None
        }
    };
    let mut page = Parts::new(layout, parts);
    page.notices = refused.into_iter().chain(notices(timetable, &proposal)).collect();
    page.figures = figures(&proposal);
    Ok(page)
}

fn notices(timetable: &Timetable, proposal: &Proposal) -> Vec<Notice> {
    let mut notices = Vec::new();
    if proposal.is_settled() {
        let text = Fragment::join([
            "Toutes les demi-journées du programme sont placées, et chacune peut avoir lieu. ".into(),
            Link::new(timetable.path(), "Voir l’emploi du temps").into(),
        ]);
        notices.push(Notice::new(Tone::Ok, "Rien à changer", text));
    }
    if proposal.unfinished {
        notices.push(Notice::new(
            Tone::Warning,
            "La recherche s’est arrêtée avant de conclure",
            "Ni un emploi du temps, ni la preuve qu’il n’y en a pas. Ajoutez des jours de cours, des salles ou des \
             disponibilités, ou placez quelques séances à la main, puis demandez une nouvelle proposition.",
        ));
    }
    match proposal.conflicts.len() as u64 {
        0 => {}
        1 => notices.push(Notice::new(
            Tone::Danger,
            "Aucun emploi du temps n’est possible",
            "C’est démontré, et rien n’a changé. Changez une des raisons ci-dessous, de préférence une qui suffit, puis \
             demandez une nouvelle proposition.",
        )),
        count => notices.push(Notice::new(
            Tone::Danger,
            "Aucun emploi du temps n’est possible",
            format!(
                "C’est démontré, et rien n’a changé. {} indépendants\u{a0}: chacun demande un changement.",
                fr::count(count, "blocage", "blocages")
            ),
        )),
    }
    if let Some(moves) = &proposal.moves
        && !proposal.changes.is_empty()
    {
        notices.push(Notice::new(Tone::Info, "Le moins de changements", moves_text(moves, proposal.moves_others())));
    }
    notices
}

/// How little moves, what comes late, and what is proved of it.
fn moves_text(moves: &Moves, others: bool) -> String {
    let mut text = match moves.moved {
        0 => "Aucune séance ne quitte sa demi-journée\u{a0}: d’autres formateurs ou d’autres salles suffisent."
            .to_owned(),
        1 => "1\u{a0}séance quitte sa demi-journée.".to_owned(),
        moved => format!("{}\u{a0}séances quittent leur demi-journée.", fr::number(moved)),
    };
    text.push_str(&match moves.under_notice as u64 {
        0 => " Rien ne change dans le délai de prévenance.".to_owned(),
        count => format!(
            " {} dans le délai de prévenance\u{a0}: prévenez les personnes.",
            fr::count(count, "demi-journée change", "demi-journées changent")
        ),
    });
    if others {
        text.push_str(" Des séances que rien ne touchait bougent aussi, pour faire place aux autres.");
    }
    text.push_str(match moves.least {
        true => " Il est démontré qu’on ne peut pas en changer moins.",
        false => " Il n’est pas démontré que ce soit le moins possible\u{a0}: la recherche s’est arrêtée avant.",
    });
    text
}

fn figures(proposal: &Proposal) -> Vec<Figure> {
    let count = |wanted: &dyn Fn(&Change) -> bool| proposal.changes.iter().filter(|change| wanted(change)).count();
    let figures = [
        ("À ajouter", count(&|change| change.number.is_none())),
        ("À déplacer", count(&Change::is_move)),
        (
            "Autre formateur ou autre salle",
            count(&|change| change.number.is_some() && change.to.is_some() && !change.is_move()),
        ),
        ("À annuler", count(&|change| change.to.is_none())),
    ];
    let shown = figures.into_iter().filter(|(_, count)| *count > 0);
    shown
        .map(|(label, count)| {
            Figure::new(label, fr::number(count), fr::plural(count as u64, "demi-journée", "demi-journées"))
        })
        .collect()
}

fn disturbed_table(disturbed: &[Disturbed]) -> Table {
    let rows = disturbed.iter().map(|one| {
        Row::new([
            format!("{}, {}", fr::capitalised(&fr::date_full(one.on)), one.half.label()).into(),
            one.module.as_str().into(),
            one.why.as_str().into(),
        ])
    });
    let columns = [Column::text("Quand"), Column::text("Module"), Column::text("Pourquoi")];
    Table::new("touchees", "Ce qui ne peut plus avoir lieu", columns, rows).caption_hidden()
}

/// Where a bound is changed.
fn mend_link(timetable: &Timetable, mend: Mend) -> Link {
    let own = cohort_path(&timetable.cohort);
    let means = super::means::PATH;
    match mend {
        Mend::Programme => Link::new(format!("{own}/programme"), "Changer le programme"),
        Mend::Calendar => Link::new(format!("{own}/calendrier"), "Changer le calendrier"),
        Mend::Trainers => Link::new(format!("{means}#titre-formateurs"), "Changer formateurs et absences"),
        Mend::Rooms => Link::new(format!("{means}#titre-salles"), "Changer les salles"),
        Mend::Closures => Link::new(format!("{means}#titre-fermetures"), "Changer les fermetures"),
        Mend::Timetable(cohort, on) => {
            Link::new(format!("/ecole/promotions/{cohort}/emploi-du-temps?semaine={on}"), "Voir cette semaine")
        }
    }
}

fn conflict_part(timetable: &Timetable, conflict: &Conflict, (number, of): (usize, usize)) -> Part {
    let row = |cause: &Cause| {
        Row::new([
            cause.told.as_str().into(),
            match cause.suffices {
                true => Badge::ok("y renoncer suffit").into(),
                false => "y renoncer ne suffit pas seul".into(),
            },
            mend_link(timetable, cause.mend).context(cause.told.as_str()).into(),
        ])
    };
    let columns = [Column::text("Raison"), Column::text("Si l’on y renonce"), Column::actions("Changer")];
    let title = if of == 1 { "Pourquoi".to_owned() } else { format!("Pourquoi\u{a0}: blocage {number} sur {of}") };
    let table = Table::new(format!("blocage-{number}"), title.as_str(), columns, conflict.causes.iter().map(row))
        .caption_hidden()
        .empty(EmptyState::new("Aucune raison", "Le calendrier seul ne laisse pas de place."));
    let lead = match conflict.irreducible {
        true => {
            "Ces raisons ne peuvent pas tenir toutes ensemble\u{a0}; sans l’une d’elles, n’importe laquelle, les autres tiennent. Chacune a été vérifiée."
        }
        false => {
            "Ces raisons ne peuvent pas tenir toutes ensemble. La recherche s’est arrêtée avant de vérifier que toutes sont nécessaires."
        }
    };
    // A page has few conflicts; a title of its own tells them apart for whoever listens.
    const IDS: [&str; 4] = ["blocage-a", "blocage-b", "blocage-c", "blocage-d"];
    Part::new(IDS[(number - 1).min(IDS.len() - 1)], title, [table.into()]).lead(lead)
}

fn decision_form(
    timetable: &Timetable,
    path: &str,
    proposal: &Proposal,
    sent: &Query,
    problem: Option<String>,
) -> Form {
    let resent = problem.is_some();
    let mut form = Form::post(path).without_focus().problem(problem);
    let monday = |change: &Change| change.day().map(monday_of);
    for (number, week) in proposal.changes.chunk_by(|one, other| monday(one) == monday(other)).enumerate() {
        let Some(first) = week.first().and_then(monday) else { continue };
        let choices = week.iter().map(|change| {
            let code = encode(change);
            let chosen = !resent || sent.all("changement").any(|typed| typed == code);
            let choice = Choice::new(code, title(timetable, change)).chosen(chosen);
            choice.hint(detail(timetable, change))
        });
        let legend = format!("Semaine du {}", fr::date_long(first));
        let field = Field::checkboxes("changement", legend, choices).prefix(format!("semaine-{number}"));
        form = form.field(field.without_optional_mark());
    }
    if proposal.changes.iter().any(|change| change.number.is_some()) {
        form = form.field(
            Field::text("raison", "Raison des changements")
                .value(sent.get("raison").unwrap_or_default())
                .hint("Lue par les alternants et les formateurs. Jamais une raison de santé.")
                .required(),
        );
    }
    if proposal.changes.iter().any(|change| change.short_notice) {
        let told = sent.get("prevenues").is_some();
        form = form.field(Field::checkbox(
            "prevenues",
            "Les personnes sont prévenues de ce qui change dans le délai de prévenance",
            told,
        ));
    }
    form.button(Button::primary("Adopter ce qui est coché")).cancel(timetable.path())
}

fn when(on: Date, half: Half) -> String {
    format!("{}, {}", fr::date_day(on), half.label())
}

fn title(timetable: &Timetable, change: &Change) -> String {
    let (at, code) = match (&change.to, change.from) {
        (Some(to), _) => (Some((to.on, to.half)), to.module.as_str()),
        (None, from) => (from, ""),
    };
    let at = at.map(|(on, half)| fr::capitalised(&when(on, half))).unwrap_or_default();
    match code {
        "" => format!("{at}\u{a0}: séance de trop, annulée"),
        code => format!("{at}\u{a0}: {}", timetable.module_name(code)),
    }
}

/// Who and where, what it was, and whether it comes late.
fn detail(timetable: &Timetable, change: &Change) -> String {
    let mut lines = Vec::new();
    if let Some(to) = &change.to {
        let who = timetable.trainer(to.trainer).unwrap_or("sans formateur");
        let place = timetable.room(to.room).unwrap_or("sans salle");
        lines.push(format!("{who}, {place}"));
    }
    if let (true, Some((on, half))) = (change.is_move(), change.from) {
        lines.push(format!("au lieu du {}", when(on, half)));
    } else if change.number.is_some() && change.to.is_some() {
        lines.push("même demi-journée".to_owned());
    } else if change.number.is_none() {
        lines.push("nouvelle séance".to_owned());
    }
    if change.short_notice {
        lines.push("dans le délai de prévenance".to_owned());
    }
    lines.join("\u{a0}; ")
}

/// A change in one line of a form: number, where from, where to, trainer, room, module; a dash for none.
fn encode(change: &Change) -> String {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let to = change.to.as_ref();
    let parts = [
        or_dash(change.number.map(|id| id.to_string())),
        or_dash(change.from.map(|(on, _)| on.to_string())),
        or_dash(change.from.map(|(_, half)| half.as_code().to_owned())),
        or_dash(to.map(|to| to.on.to_string())),
        or_dash(to.map(|to| to.half.as_code().to_owned())),
        or_dash(to.and_then(|to| to.trainer).map(|id| id.to_string())),
        or_dash(to.and_then(|to| to.room).map(|id| id.to_string())),
        or_dash(to.map(|to| to.module.clone())),
    ];
    parts.join(",")
}

fn decode(text: &str) -> Option<Change> {
    let parts: Vec<&str> = text.splitn(8, ',').collect();
    let [number, from_on, from_half, on, half, trainer, room, module] = parts[..] else { return None };
    let place = |on: &str, half: &str| match (on, half) {
        ("-", "-") => Some(None),
        (on, half) => Some(Some((on.parse::<Date>().ok()?, Half::from_code(half)?))),
    };
    fn known<T>(id: &str) -> Option<Option<Id<T>>> {
        if id == "-" { Some(None) } else { id.parse().ok().map(Some) }
    }
    let to = match place(on, half)? {
        None => None,
        Some((on, half)) => {
            Some(NewSession { on, half, module: module.to_owned(), trainer: known(trainer)?, room: known(room)? })
        }
    };
    Some(Change { number: known(number)?, from: place(from_on, from_half)?, to, short_notice: false })
}

/// What is ticked.
fn read_changes(form: &Query) -> Result<Vec<Change>, String> {
    let changes: Option<Vec<Change>> = form.all("changement").map(decode).collect();
    match changes {
        Some(changes) if !changes.is_empty() => Ok(changes),
        Some(_) => Err("Cochez au moins une demi-journée, ou annulez.".to_owned()),
        None => Err("Ce formulaire n’est plus à jour\u{a0}: demandez une nouvelle proposition.".to_owned()),
    }
}

/// « 60 demi-journées sont ajoutées, 2 séances sont changées. »
fn told(changes: &[Change]) -> String {
    let added = changes.iter().filter(|change| change.number.is_none()).count() as u64;
    let changed = changes.len() as u64 - added;
    let mut parts = Vec::new();
    if added > 0 {
        parts.push(fr::count(added, "demi-journée est ajoutée", "demi-journées sont ajoutées"));
    }
    if changed > 0 {
        parts.push(fr::count(changed, "séance est changée", "séances sont changées"));
    }
    format!("{}.", fr::list(&parts))
}

pub async fn decide(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let form = typed(&body);
    let timetable = Timetable::read(&app, &signed, &own).await?;
    let answer = match read_changes(&form) {
        Err(problem) => Err(problem),
        Ok(changes) => {
            let (reason, short) = (form.get("raison").unwrap_or_default(), form.get("prevenues").is_some());
            let cohort = timetable.cohort.record.id;
            match cohort::decide_timetable(&app.platform, &signed.actor, cohort, &changes, reason, short).await {
                Ok(()) => Ok(changes),
                Err(error) => Err(mendable(error)?),
            }
        }
    };
    match answer {
        Ok(changes) => {
            let first = changes.iter().filter_map(Change::day).min();
            let href = match first {
                Some(day) => format!("{}?semaine={}", timetable.path(), monday_of(day)),
                None => timetable.path(),
            };
            Ok(redirect_with(Flash::success(told(&changes)), &href))
        }
        Err(problem) => Ok(to_mend(&draw(&app, &signed, &timetable, &form, Some(problem)).await?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn change() -> Change {
        Change {
            number: Some(Id::new(12)),
            from: Some((date(2026, 11, 23), Half::Morning)),
            to: Some(NewSession {
                on: date(2026, 11, 24),
                half: Half::Afternoon,
                module: "M1, suite".to_owned(),
                trainer: Some(Id::new(7)),
                room: None,
            }),
            short_notice: false,
        }
    }

    #[test]
    fn a_change_comes_back_from_its_form() {
        let cancelled = Change { to: None, ..change() };
        let added = Change { number: None, from: None, ..change() };
        for change in [change(), cancelled, added] {
            assert_eq!(decode(&encode(&change)), Some(change));
        }
        for wrong in ["", "12", "x,-,-,2026-11-24,morning,-,-,M1", "-,-,-,2026-11-24,noon,-,-,M1"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
        assert!(read_changes(&Query::parse(Some("raison=x"))).unwrap_err().contains("Cochez"));
        assert!(read_changes(&Query::parse(Some("changement=x"))).unwrap_err().contains("nouvelle proposition"));
    }

    #[test]
    fn what_is_proved_is_said_and_what_is_not_too() {
        let told = |moved, under_notice, least| moves_text(&Moves { moved, under_notice, least }, false);
        assert!(told(0, 0, true).starts_with("Aucune séance ne quitte"));
        assert!(told(1, 0, true).starts_with("1\u{a0}séance quitte sa demi-journée. Rien ne change"));
        assert!(
            told(3, 2, true).starts_with("3\u{a0}séances quittent leur demi-journée. 2\u{a0}demi-journées changent")
        );
        assert!(told(3, 2, true).ends_with("on ne peut pas en changer moins."));
        assert!(told(3, 2, false).contains("pas démontré"));
    }
}
