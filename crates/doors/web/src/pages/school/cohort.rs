//! `/ecole/promotions/{id}`: a cohort at a glance.

use axum::extract::{Path, State};
use axum::response::Response;
use base::Date;
use facts::Fact;
use jiff::ToSpan;
use platform::gate::ActionKind;
use school::cohort::{self, CalendarDay, DayKind, Module, Session};
use school::referential;

use super::calendar::{badge, monday_of};
use super::due::Known;
use super::people::People;
use super::{Part, Parts, cohort_path, cohort_tabs, id};
use crate::app::App;
use crate::components::{Badge, Description, Figure, Fragment, Link, Notice, Tone};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::page;
use crate::session::Signed;

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let cohort = cohort::show(platform, actor, id(&own)?).await?;
    let profile = &cohort.profile.value;
    let shown = referential::show(platform, actor, profile.referential).await?;
    let modules = cohort::modules(platform, actor, cohort.record.id).await?;
    let sessions = cohort::sessions(platform, actor, cohort.record.id).await?;
    let days = cohort::calendar(platform, actor, cohort.record.id).await?;
    let coverage = cohort::coverage(platform, actor, cohort.record.id).await?;
    let names = app.directory.names(platform, app.tenant).await?;
    let today = platform.today();
    let path = cohort_path(&cohort);

    let programmed: i64 = modules.iter().map(|fact| fact.value.half_days).sum();
    let planned = sessions.iter().filter(|fact| fact.value.is_planned()).count();
    let done = sessions.iter().filter(|fact| fact.value.is_planned() && fact.valid.from < today).count();
    let uncovered = coverage.uncovered().count();
    let class_days = days.iter().filter(|day| day.kind == DayKind::Class).count();
    let unplanned = days.iter().filter(|day| day.kind == DayKind::Unplanned).count();
    let to_verify = shown.unverified(today).len();

    let mut notices = Vec::new();
    if unplanned > 0 {
        let text = Fragment::join([
            format!(
                "{} sans cours, terrain ni congés. ",
                fr::count(unplanned as u64, "jour ouvré est", "jours ouvrés sont")
            )
            .into(),
            Link::new(format!("{path}/calendrier"), "Poser le calendrier").into(),
        ]);
        notices.push(Notice::new(Tone::Warning, "Calendrier incomplet", text));
    }
    if uncovered > 0 {
        let text = Fragment::join([
            format!(
                "{} du titre dans aucun module. ",
                fr::count(uncovered as u64, "compétence n’est", "compétences ne sont")
            )
            .into(),
            Link::new(format!("{path}/programme"), "Voir le programme").into(),
        ]);
        notices.push(Notice::new(Tone::Warning, "Programme incomplet", text));
    }
    if usize::try_from(programmed).is_ok_and(|programmed| programmed > class_days * 2) {
        let text = format!(
            "Le programme compte {}, le calendrier {}.",
            fr::count(programmed.unsigned_abs(), "demi-journée", "demi-journées"),
            fr::count(class_days as u64 * 2, "demi-journée de cours", "demi-journées de cours")
        );
        notices.push(Notice::new(Tone::Danger, "Le programme ne tient pas dans le calendrier", text));
    }

    if signed.may(ActionKind::ManageSchool) {
        let disturbed = cohort::disturbed_sessions(platform, actor, cohort.record.id).await?;
        notices.extend(super::proposal::disturbed_notice(disturbed.len(), &format!("{path}/emploi-du-temps")));
    }

    let people = match signed.may(ActionKind::ReadLearners) {
        true => Some(People::read(&app, &signed, cohort.record.id).await?),
        false => None,
    };
    let unit = |count: usize| fr::plural(count as u64, "demi-journée", "demi-journées");
    let timetable = format!("{path}/emploi-du-temps");
    let mut figures = people.as_ref().map_or_else(Vec::new, |people| people.figures(&format!("{path}/alternants")));
    figures.push(
        Figure::new("Demi-journées tenues", fr::number(done), unit(done))
            .note(format!("{} prévues, {} au programme", fr::number(planned), fr::number(programmed)))
            .lines(timetable.as_str()),
    );
    let version = format!("{}, version {}", shown.title().code, shown.title().version);
    let title_state: Fragment = match to_verify {
        0 => Badge::ok("tout est confirmé").into(),
        count => Badge::warning(fr::count(count as u64, "élément à vérifier", "éléments à vérifier")).into(),
    };
    let title_link =
        Link::new(format!("{}/{}", super::referentials::PATH, shown.loaded.id), shown.title().name.as_str());
    let description = Description::new()
        .line("Titre préparé", Fragment::join([Fragment::with_detail(title_link, version), title_state]))
        .line("Site", names.name(profile.site))
        .line("Période", fr::capitalised(&fr::period(cohort.profile.valid)))
        .line("Places", fr::number(profile.seats))
        .line("Demi-journée de cours", format!("{}\u{a0}heures", super::programme::hours(profile.half_day_hours)))
        .line(
            "Jours de cours au calendrier",
            Link::new(format!("{path}/calendrier"), fr::count(class_days as u64, "jour", "jours")),
        );
    let known = Known {
        cohort: &cohort,
        people: people.as_ref(),
        modules: &modules,
        sessions: &sessions,
        to_verify: (to_verify, format!("{}/{}", super::referentials::PATH, shown.loaded.id)),
    };
    let due = super::due::table(&app, &signed, &known).await?;
    let mut sections = vec![
        Part::new("aujourd-hui", "Aujourd’hui", [now(&days, &sessions, &modules, today).into()]),
        Part::new("a-faire", "À faire", [due.into()]),
    ];
    if let Some(people) = &people {
        sections.push(Part::new("alternants", "Qui, où, sous quel contrat", [people.table(&names).into()]));
    }
    sections.push(Part::new("promotion", "La promotion", [description.into()]));
    let layout =
        signed.layout(&app, &path, &profile.name).crumb("École", super::PATH).lead(cohort.record.code.as_str());
    let mut parts = Parts::new(layout, sections);
    parts.tabs = Some(cohort_tabs(&signed, &cohort, &path));
    parts.notices = notices;
    parts.figures = figures;
    Ok(page(&parts))
}

/// Where everybody is today and next week, and what comes next in class.
fn now(days: &[CalendarDay], sessions: &[Fact<Session>], modules: &[Fact<Module>], today: Date) -> Description {
    let kind_on = |day: Date| days.iter().find(|known| known.day == day).map(|known| &known.kind);
    let monday = monday_of(today);
    // A week is what its first working day is, holidays put aside.
    let week = |monday: Date| -> Fragment {
        let worked = (0..5_i32).filter_map(|day| kind_on(monday.checked_add(day.days()).ok()?));
        let mut worked = worked.filter(|kind| !matches!(kind, DayKind::PublicHoliday(_) | DayKind::Closed(_)));
        let next = worked.next().or_else(|| kind_on(monday));
        next.map_or_else(|| "hors de la promotion".into(), |kind| badge(kind).into())
    };
    let name = |code: &str| {
        let module = modules.iter().find(|fact| fact.value.code == code);
        module.map_or_else(|| code.to_owned(), |fact| fact.value.name.clone())
    };
    let coming = sessions.iter().filter(|fact| fact.value.is_planned() && fact.valid.from >= today);
    let coming = coming.min_by_key(|fact| (fact.valid.from, fact.value.half));
    let next_monday = monday.checked_add(7.days()).unwrap_or(monday);
    Description::new()
        .line(
            "Aujourd’hui",
            kind_on(today).map_or_else(|| "hors de la promotion".into(), |kind| Fragment::from(badge(kind))),
        )
        .line("Cette semaine", week(monday))
        .line(format!("Semaine du {}", fr::date_long(next_monday)), week(next_monday))
        .line(
            "Prochain cours",
            coming.map_or_else(
                || "aucun".into(),
                |fact| {
                    let when = format!("{} {}", fr::date_full(fact.valid.from), fact.value.half.label());
                    Fragment::with_detail(name(&fact.value.module), when)
                },
            ),
        )
}
