//! What an adult does and owes: activities, droits et devoirs. Children get their schooling here too.

use formats::caf::model::{Activity, ActivityCode, Household, Person};
use jiff::ToSpan;
use jiff::civil::Date;

use super::dice::{Dice, Rate};
use super::family::{is_adult, is_child};
use super::hypotheses as rates;

/// Marks a health-related code in the tables.
const HEALTH: &str = "HEALTH";

/// Draws the activities and the droits et devoirs of a person.
pub(super) fn describe(dice: &mut Dice, person: &mut Person, reference: Date) {
    if is_child(person) {
        person.activities = schooling(dice, person, reference);
        return;
    }
    if !is_adult(person) {
        return;
    }
    let since = dice.day(reference.saturating_sub(900.days()), reference);
    if dice.chance(Rate::percent(28)) {
        let until = since.saturating_sub(1.day());
        let before = dice.day(reference.saturating_sub(1_200.days()), until).min(until);
        person.activities.extend(activity(dice, before, Some(until)));
    }
    person.activities.extend(activity(dice, since, None));
    // A second activity runs at the same time: hours of work while registered as unemployed.
    if dice.chance(Rate::percent(6)) {
        person.activities.extend(activity(dice, since, None));
    }
    forget_old_activities(person, reference);
    draw_obligations(dice, person);
}

/// Draws the flag of droits et devoirs from the running activities.
pub(super) fn draw_obligations(dice: &mut Dice, person: &mut Person) {
    let works = person.activities.iter().any(is_running_work);
    let rate = if works { rates::OBLIGATIONS_WITH_WORK } else { rates::OBLIGATIONS_WITHOUT_WORK };
    let known = !dice.chance(rates::OBLIGATIONS_UNKNOWN);
    person.obligations = known.then(|| dice.chance(rate));
    person.entering_obligations = (known && dice.chance(Rate::percent(90))).then_some(false);
}

/// The adults of a new right who are under droits et devoirs enter them.
pub(super) fn enter_obligations(household: &mut Household) {
    for person in household.persons.iter_mut().filter(|person| person.obligations == Some(true)) {
        person.entering_obligations = Some(true);
    }
}

/// Ends what runs and begins something else, on this day.
pub(super) fn change_activity(dice: &mut Dice, person: &mut Person, on: Date) {
    let eve = on.saturating_sub(1.day());
    for running in person.activities.iter_mut().filter(|activity| activity.until.is_none()) {
        running.until = Some(eve.max(running.since));
    }
    person.activities.extend(activity(dice, on, None));
}

/// The feed shows the activities of the reference period: older ends disappear.
pub(super) fn forget_old_activities(person: &mut Person, reference: Date) {
    let limit = reference.saturating_sub(6.months());
    person.activities.retain(|activity| activity.until.is_none_or(|until| until >= limit));
}

fn is_running_work(activity: &Activity) -> bool {
    let ActivityCode::Code(code) = &activity.code else { return false };
    activity.until.is_none() && rates::WORK.contains(&code.as_str())
}

fn activity(dice: &mut Dice, since: Date, until: Option<Date>) -> Option<Activity> {
    let code = dice.weighted(rates::ACTIVITIES);
    let contract = match code {
        "" => return None,
        "SAL" => Some(dice.weighted(&[("CDI", 45), ("CDD", 40), ("INT", 12), ("AUT", 3)])),
        "CDI" => Some("CDI"),
        "CDD" => Some("CDD"),
        "INT" => Some("INT"),
        "AEN" => Some("AEN"),
        "CUI" => Some(dice.pick(&["CU1", "CU2", "CU3", "CU4"])),
        _ => None,
    };
    let code = if code == HEALTH { ActivityCode::Unavailable } else { ActivityCode::Code(code.to_owned()) };
    Some(Activity { code, since, until, contract: contract.map(str::to_owned) })
}

fn schooling(dice: &mut Dice, child: &Person, reference: Date) -> Vec<Activity> {
    let age = (reference - child.birth_date).get_days() / 365;
    let (code, since) = match age {
        ..3 => ("NOB", child.birth_date),
        3..17 => ("SCO", child.birth_date.saturating_add(3.years())),
        _ if dice.chance(Rate::percent(62)) => ("ETU", child.birth_date.saturating_add(17.years())),
        _ => ("SIN", child.birth_date.saturating_add(17.years())),
    };
    let since = since.min(reference);
    vec![Activity { code: ActivityCode::Code(code.to_owned()), since, until: None, contract: None }]
}
