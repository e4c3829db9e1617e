//! `/ecole/promotions/{id}`: a cohort at a glance.

use axum::extract::{Path, State};
use axum::response::Response;
use platform::gate::ActionKind;
use school::cohort::{self, DayKind};
use school::referential;

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

    let unit = "demi-journées";
    let figures = vec![
        Figure::new("Au programme", fr::number(programmed), unit).lines(format!("{path}/programme")),
        Figure::new("À l’emploi du temps", fr::number(planned), unit).lines(format!("{path}/emploi-du-temps")),
        Figure::new("Déjà tenues", fr::number(done), unit).lines(format!("{path}/emploi-du-temps")),
        Figure::new("Jours de cours au calendrier", fr::number(class_days), "jours")
            .lines(format!("{path}/calendrier")),
    ];
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
        .line("Demi-journée de cours", format!("{}\u{a0}heures", super::programme::hours(profile.half_day_hours)));
    let layout =
        signed.layout(&app, &path, &profile.name).crumb("École", super::PATH).lead(cohort.record.code.as_str());
    let mut parts = Parts::new(layout, vec![Part::new("promotion", "La promotion", [description.into()])]);
    parts.tabs = Some(cohort_tabs(&signed, &cohort, &path));
    parts.notices = notices;
    parts.figures = figures;
    Ok(page(&parts))
}
