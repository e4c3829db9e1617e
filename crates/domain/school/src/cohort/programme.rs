//! The modules of a cohort, and what they cover.

use std::collections::{BTreeMap, BTreeSet};

use base::{Date, Id, Period, fr};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use law::publics::Public;
use platform::gate::{ManageSchool, ReadSchool, permit};
use platform::{Actor, Platform};

use super::coverage::{self, Counted, Coverage};
use super::model::{Cohort, Module};
use super::{attendance, service, sessions};
use crate::{Error, Result, field, referential};

/// Why these modules cannot be a programme; empty when they can.
fn problems(modules: &[Module], competences: &BTreeSet<&str>, first: Date, last: Date) -> Vec<String> {
    let mut problems = Vec::new();
    let codes: BTreeSet<&str> = modules.iter().map(|module| module.code.as_str()).collect();
    if codes.len() < modules.len() {
        problems.push("Deux modules portent le même code.".to_owned());
    }
    for module in modules {
        let name = format!("Module «\u{a0}{}\u{a0}»", module.code);
        if module.code.trim().is_empty() || module.name.trim().is_empty() {
            problems.push("Chaque module a un code et un nom.".to_owned());
        }
        if !(1..=400).contains(&module.half_days) {
            problems.push(format!("{name}\u{a0}: il compte de 1 à 400\u{a0}demi-journées."));
        }
        if !(1..=2).contains(&module.most_per_day) || !(1..=10).contains(&module.most_per_week) {
            problems.push(format!("{name}\u{a0}: une ou deux demi-journées par jour, de une à dix par semaine."));
        }
        for code in module.competences.0.iter().filter(|code| !competences.contains(code.as_str())) {
            problems.push(format!(
                "{name}\u{a0}: la compétence «\u{a0}{code}\u{a0}» n’est pas dans le référentiel de la promotion."
            ));
        }
        for code in module.publics.0.iter().filter(|code| Public::from_code(code).is_none()) {
            problems.push(format!("{name}\u{a0}: le public «\u{a0}{code}\u{a0}» n’est pas connu."));
        }
        for code in module.after.0.iter().filter(|code| !codes.contains(code.as_str()) || **code == module.code) {
            problems.push(format!(
                "{name}\u{a0}: il vient après «\u{a0}{code}\u{a0}», qui n’est pas un autre module du programme."
            ));
        }
        if let Some(exam) = module.exam_on.filter(|exam| !(first..=last).contains(exam)) {
            problems.push(format!("{name}\u{a0}: l’examen du {} n’est pas dans la promotion.", fr::date_long(exam)));
        }
    }
    if let Some(code) = circle(modules) {
        problems.push(format!(
            "Le module «\u{a0}{code}\u{a0}» viendrait après lui-même\u{a0}: revoyez l’ordre des modules."
        ));
    }
    problems
}

/// A module that would come after itself.
fn circle(modules: &[Module]) -> Option<&str> {
    let mut left: BTreeMap<&str, BTreeSet<&str>> = modules
        .iter()
        .map(|module| (module.code.as_str(), module.after.0.iter().map(String::as_str).collect()))
        .collect();
    loop {
        let Some(free) =
            left.iter().find(|(_, after)| after.iter().all(|code| !left.contains_key(code))).map(|(code, _)| *code)
        else {
            return left.into_keys().next();
        };
        left.remove(free);
    }
}

/// Adds modules to a programme, or changes those of the same code.
///
/// # Errors
/// [`Error::Problems`] when the whole programme could not be: nothing has changed.
pub async fn set_modules(platform: &Platform, actor: &Actor, id: Id<Cohort>, modules: Vec<Module>) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    let cohort = service::find(platform, &permit, id).await?;
    let shown = referential::find(platform, &permit, cohort.profile.value.referential).await?;
    let (tenant, now, valid) = (permit.tenant(), platform.now(), cohort.profile.valid);
    let competences: BTreeSet<&str> = shown.title().competences().map(|competence| competence.code.as_str()).collect();
    let codes: Vec<String> = modules.iter().map(|module| module.code.clone()).collect();
    let tx = platform.db.begin().await?;
    let mut whole: Vec<Module> =
        facts::current::<Module>(&tx, tenant, id).await?.into_iter().map(|fact| fact.value).collect();
    whole.retain(|module| !codes.contains(&module.code));
    whole.extend(modules.clone());
    let problems = problems(&whole, &competences, cohort.first_day(), cohort.last_day());
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    for module in modules {
        facts::write::<Module, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
            Ok(Plan::set(in_force, Period { from: valid.from, to: valid.to }, module))
        })
        .await?;
    }
    let entry = permit.entry("cohort.modules", "cohort", Some(id.raw()), serde_json::json!({ "modules": codes }));
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// Takes a module out of a programme.
///
/// # Errors
/// [`Error::Invalid`] while other modules come after it or half-days of it are planned.
pub async fn remove_module(platform: &Platform, actor: &Actor, id: Id<Cohort>, code: &str) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    service::find(platform, &permit, id).await?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let planned = sessions::of_cohort(platform, &permit, id).await?;
    if planned.iter().any(|fact| fact.value.module == code && fact.value.is_planned()) {
        return Err(Error::invalid(format!(
            "des séances du module «\u{a0}{code}\u{a0}» sont prévues\u{a0}: annulez-les d’abord"
        )));
    }
    let tx = platform.db.begin().await?;
    facts::write::<Module, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        if let Some(later) = in_force.iter().find(|fact| fact.value.after.0.iter().any(|after| after == code)) {
            return Err(Error::invalid(format!(
                "le module «\u{a0}{}\u{a0}» vient après lui\u{a0}: changez-le d’abord",
                later.value.code
            )));
        }
        let known = in_force.iter().find(|fact| fact.value.code == code).ok_or(Error::NotFound)?;
        Ok(Plan::withdraw(in_force, known.id)?)
    })
    .await?;
    let entry = permit.entry("cohort.module_removed", "cohort", Some(id.raw()), serde_json::json!({ "module": code }));
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// The modules of a programme, by code.
pub async fn modules(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<Vec<Fact<Module>>> {
    let permit = permit::<ReadSchool>(actor)?;
    service::find(platform, &permit, id).await?;
    let mut modules = facts::current::<Module>(&platform.db, permit.tenant(), id).await?;
    modules.sort_by(|one, other| one.value.code.cmp(&other.value.code));
    Ok(modules)
}

/// What the programme covers, competence by competence and public by public, beside what the field sees.
pub async fn coverage(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<Coverage> {
    let permit = permit::<ReadSchool>(actor)?;
    let cohort = service::find(platform, &permit, id).await?;
    let shown = referential::find(platform, &permit, cohort.profile.value.referential).await?;
    let modules: Vec<Module> =
        facts::current::<Module>(&platform.db, permit.tenant(), id).await?.into_iter().map(|fact| fact.value).collect();
    let sessions = sessions::of_cohort(platform, &permit, id).await?;
    let shares = field::shares_of_cohort(platform, &permit, id).await?;
    let attended = attendance::of_cohort(platform, &permit, id).await?;
    let counted = Counted { sessions: &sessions, attended: &attended, today: platform.today() };
    Ok(coverage::of(shown.title(), &modules, &counted, &shares, cohort.profile.value.half_day_hours))
}

#[cfg(test)]
mod tests {
    use super::*;
    use db::Json;
    use jiff::civil::date;

    fn module(code: &str, after: &[&str]) -> Module {
        Module {
            code: code.to_owned(),
            name: "Essai".to_owned(),
            half_days: 4,
            competences: Json(vec!["C1".to_owned()]),
            publics: Json(vec![Public::ALL[0].code().to_owned()]),
            after: Json(after.iter().map(|code| (*code).to_owned()).collect()),
            exam_on: None,
            most_per_day: 2,
            most_per_week: 4,
        }
    }

    #[test]
    fn what_cannot_be_a_programme_is_told() {
        let (first, last) = (date(2026, 9, 1), date(2027, 8, 31));
        let competences = BTreeSet::from(["C1"]);
        let told = |modules: &[Module]| problems(modules, &competences, first, last);
        let good = [module("A", &[]), module("B", &["A"]), module("C", &["A", "B"])];
        assert_eq!(told(&good), Vec::<String>::new());
        let with = |change: fn(&mut Module)| {
            let mut modules = good.to_vec();
            change(&mut modules[2]);
            modules
        };
        for (modules, expected) in [
            (with(|module| module.code = "A".to_owned()), "même code"),
            (with(|module| module.name = " ".to_owned()), "un code et un nom"),
            (with(|module| module.half_days = 0), "de 1 à 400"),
            (with(|module| module.most_per_day = 3), "une ou deux demi-journées"),
            (with(|module| module.competences.0.push("C99".to_owned())), "n’est pas dans le référentiel"),
            (with(|module| module.publics.0.push("martiens".to_owned())), "n’est pas connu"),
            (with(|module| module.after.0.push("Z".to_owned())), "n’est pas un autre module"),
            (with(|module| module.exam_on = Some(date(2028, 1, 1))), "n’est pas dans la promotion"),
        ] {
            let problems = told(&modules);
            assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected}: {problems:?}");
        }
        let round = [module("A", &["C"]), module("B", &["A"]), module("C", &["B"])];
        assert!(told(&round)[0].contains("après lui-même"));
    }
}
