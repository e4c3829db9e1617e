//! The right: its state, the blocks that explain it, its natures.

use formats::caf::model::{
    Closure, Household, PayingBody, Refusal, RightDetail, RightState, RightStatus, Suspension, SuspensionKind, Transfer,
};
use jiff::ToSpan;
use jiff::civil::Date;

use super::dice::{Dice, Rate};
use super::family;
use super::hypotheses as rates;

pub(super) fn open() -> RightState {
    RightState {
        status: RightStatus::OpenPayable,
        refusal: None,
        suspensions: Vec::new(),
        closure: None,
        closure_in_earlier_month: None,
    }
}

/// Puts the household in a state (a digit of `ETATDOSRSA`) reached at the latest on `reference`, with its blocks.
pub(super) fn set_state(dice: &mut Dice, household: &mut Household, state: u8, reference: Date) {
    let claimed = household.claim_date;
    let recent = |dice: &mut Dice, days: i64| dice.day(reference.saturating_sub(days.days()).max(claimed), reference);
    household.right = open();
    household.right.status = RightStatus::from_code(&state.to_string());
    match household.right.status {
        RightStatus::Refused => {
            let on = recent(dice, 27);
            household.right.refusal = Some(Refusal { on, reason: dice.weighted(rates::REFUSAL_REASONS).to_owned() });
        }
        RightStatus::RightSuspended => {
            let since = recent(dice, 200);
            suspend(dice, household, SuspensionKind::Right, since);
        }
        RightStatus::PaymentSuspended => {
            let since = recent(dice, 110).first_of_month();
            suspend(dice, household, SuspensionKind::Payment, since);
        }
        RightStatus::Closed => close(dice, household, reference),
        RightStatus::ClosedInEarlierMonth => {
            let on = recent(dice, 300).first_of_month();
            let reason = dice.weighted(rates::CLOSURE_REASONS).to_owned();
            household.right.closure_in_earlier_month = Some(Closure { reason, on });
        }
        _ => {}
    }
    if dice.chance(rates::UNEXPLAINED) {
        household.right = RightState { status: household.right.status.clone(), ..open() };
    }
    if dice.chance(rates::CONTRADICTION) && household.right.status == RightStatus::OpenPayable {
        let on = recent(dice, 90);
        household.right.closure = Some(Closure { reason: "ECH".to_owned(), on });
    }
}

/// Suspends the right or its payment, sometimes for two reasons.
pub(super) fn suspend(dice: &mut Dice, household: &mut Household, kind: SuspensionKind, since: Date) {
    household.right.status = match kind {
        SuspensionKind::Right => RightStatus::RightSuspended,
        SuspensionKind::Payment => RightStatus::PaymentSuspended,
    };
    add_suspension(dice, household, kind, since);
    if dice.chance(rates::SECOND_SUSPENSION) {
        add_suspension(dice, household, kind, since);
    }
    // A suspended right often has its payment suspended too: state 3 wins.
    if kind == SuspensionKind::Right && dice.chance(Rate::percent(25)) {
        add_suspension(dice, household, SuspensionKind::Payment, since);
    }
}

/// One more suspension, unless it already runs.
pub(super) fn add_suspension(dice: &mut Dice, household: &mut Household, kind: SuspensionKind, since: Date) {
    let (reasons, groups): (_, &[_]) = match kind {
        SuspensionKind::Right => (rates::RIGHT_REASONS, &[("RSA", 70), ("RSX", 20), ("", 10)]),
        SuspensionKind::Payment => (rates::PAYMENT_REASONS, &[("", 1)]),
    };
    let reason = dice.weighted(reasons);
    let group = dice.weighted(groups);
    if household.right.suspensions.iter().any(|running| running.kind == kind && running.reason == reason) {
        return;
    }
    let benefit_group = Some(group.to_owned()).filter(|group| !group.is_empty());
    household.right.suspensions.push(Suspension { kind, reason: reason.to_owned(), since, benefit_group });
    household.right.suspensions.sort_by_key(|suspension| suspension.kind == SuspensionKind::Payment);
}

/// Closes the right, by a departure to another body or for another reason.
pub(super) fn close(dice: &mut Dice, household: &mut Household, reference: Date) {
    let departs = dice.chance(rates::TRANSFERRED_OUT);
    let reason = if departs { "MUT" } else { dice.weighted(rates::CLOSURE_REASONS) };
    let months = dice.weighted(&[(0, 60), (1, 22), (2, 10), (3, 8)]);
    let on = reference.first_of_month().saturating_sub(i64::from(months).months());
    close_for(household, reason, on.max(household.claim_date));
    if departs {
        let (family, number) = dice.weighted(rates::OTHER_BODIES);
        let paying_body = PayingBody { family: family.to_owned(), number: number.to_owned() };
        household.outgoing_transfer = Some(Transfer { paying_body, file_number: None, since: on });
    }
}

pub(super) fn close_for(household: &mut Household, reason: &str, on: Date) {
    household.right =
        RightState { status: RightStatus::Closed, closure: Some(Closure { reason: reason.to_owned(), on }), ..open() };
}

/// Whether a right exists, payable or not.
pub(super) fn is_open(household: &Household) -> bool {
    use RightStatus::{OpenPayable, PaymentSuspended, RightSuspended};
    matches!(household.right.status, OpenPayable | PaymentSuspended | RightSuspended)
}

/// Brings what follows from the rest up to date: dependants, flag of the household, natures of the right.
pub(super) fn settle(dice: &mut Dice, household: &mut Household, reference: Date) {
    let dependants = household.persons.iter().filter(|person| family::is_present(person) && !family::is_adult(person));
    household.dependants = Some(dependants.count() as u8);
    if !is_open(household) {
        if household.right.status != RightStatus::Closed {
            household.right_details.clear();
        }
        for person in &mut household.persons {
            person.entering_obligations = person.entering_obligations.map(|_| false);
        }
        if matches!(household.right.status, RightStatus::Pending | RightStatus::Refused) {
            household.obligations = None;
            for person in &mut household.persons {
                (person.obligations, person.entering_obligations) = (None, None);
            }
        }
        return;
    }
    let obligations = household.persons.iter().any(|person| person.obligations == Some(true));
    household.obligations = Some(obligations);
    set_natures(dice, household, reference);
}

fn set_natures(dice: &mut Dice, household: &mut Household, reference: Date) {
    let youngest = family::children(household).map(|child| child.birth_date).max();
    let has_infant = youngest.is_some_and(|born| born > reference.saturating_sub(3.years()));
    let alone = !family::is_couple(household);
    let increased_before = running(household, "RSI").is_some();
    // Isolation of the last twelve months opens the increased right; its end is seen when it is too old.
    let recently_alone = household.family_situation_since > reference.saturating_sub(18.months());
    let first_time = household.right_details.is_empty();
    let recent = recently_alone && (increased_before || first_time && dice.chance(rates::RECENTLY_ALONE));
    let increased = alone && youngest.is_some() && (has_infant || recent);
    let oldest_adult = household.adults().map(|adult| adult.birth_date).min();
    let young = oldest_adult.is_some_and(|born| born > reference.saturating_sub(25.years()));
    let (nature, sub_nature) = match (increased, young, youngest.is_some()) {
        (true, ..) => ("RSI", "RSIN1"),
        (false, true, false) => ("RSJ", "RSJN1"),
        (false, true, true) => ("RSD", "RSDN1"),
        (false, false, _) => ("RSD", "RSDN2"),
    };
    if running(household, nature).is_some_and(|detail| detail.sub_nature == sub_nature) {
        return;
    }
    let month = reference.first_of_month();
    for detail in household.right_details.iter_mut().filter(|detail| detail.until.is_none()) {
        detail.until = Some(month.saturating_sub(1.day()).max(detail.since));
    }
    let since = if first_time { household.claim_date.first_of_month() } else { month };
    household.right_details.push(RightDetail {
        nature: nature.to_owned(),
        sub_nature: sub_nature.to_owned(),
        since,
        until: None,
    });
}

fn running<'a>(household: &'a Household, nature: &str) -> Option<&'a RightDetail> {
    household.right_details.iter().find(|detail| detail.nature == nature && detail.until.is_none())
}
