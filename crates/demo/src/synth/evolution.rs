//! From one month to the next, household after household.

use formats::caf::model::{Event, Household, Person, Role};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, time};

use super::dice::{Dice, Purpose, digest};
use super::happening::Happening;
use super::households::{Rank, Setting};
use super::{family, hypotheses as rates, persons, rights};

/// A month that passes over a stream of households. What it remembers from one to the next is one household at most.
pub(super) struct Month<'a> {
    setting: &'a Setting<'a>,
    entered: u64,
    parted: u64,
    /// Who leaves to live with somebody further in the stream.
    joining: Option<Vec<Person>>,
}

/// A household after the month, with the facts that triggered what changed (`FG`).
pub(super) struct Passed {
    pub(super) household: Household,
    triggers: Vec<&'static str>,
    pub(super) settled_on: Date,
}

impl Passed {
    pub(super) fn has_changed(&self) -> bool {
        !self.triggers.is_empty()
    }

    /// The household as a file between two months shows it: with its events.
    pub(super) fn with_events(self) -> Household {
        let Self { mut household, triggers, settled_on } = self;
        let mut dice = Dice::of(0, Purpose::Calendar, digest(&[&household.claim_number, &settled_on.to_string()]));
        let mut clock = || time(dice.between(7, 19) as i8, dice.between(0, 59) as i8, dice.between(0, 59) as i8, 0);
        let event = |trigger: &str| Event { settled_on, settled_at: clock(), trigger: trigger.to_owned() };
        household.events = triggers.into_iter().map(event).collect();
        household
    }
}

impl<'a> Month<'a> {
    pub(super) fn new(setting: &'a Setting<'a>) -> Self {
        Self { setting, entered: 0, parted: 0, joining: None }
    }

    /// How many households claim in the month, for a stock of this size.
    pub(super) fn entries(&self, households: u64) -> u64 {
        let month = self.setting.reference.strftime("%Y-%m").to_string();
        let mut dice = Dice::of(self.setting.seed, Purpose::Calendar, digest(&[&month]));
        let (low, high) = rates::ENTRIES;
        let entries = dice.between(i64::from(low), i64::from(high)).unsigned_abs();
        (entries * households).div_ceil(rates::ENTRIES_FOR).min(Rank::ENTRIES_AT_MOST / 2)
    }

    /// The next household that claims in the month.
    pub(super) fn enter(&mut self) -> Passed {
        let household = self.setting.entering(self.entered);
        self.entered += 1;
        Passed { settled_on: working_day(household.claim_date), household, triggers: vec!["DEMRSA", "ENTDED"] }
    }

    /// What a household of the month before becomes: nothing, itself, or itself and a new one.
    pub(super) fn pass(&mut self, mut household: Household) -> [Option<Passed>; 2] {
        let setting = self.setting;
        let month = setting.reference.strftime("%Y-%m").to_string();
        let mut dice = Dice::of(setting.seed, Purpose::Month, digest(&[&household.claim_number, &month]));
        let dice = &mut dice;
        let on = working_day(dice.day(setting.first_of_month(), setting.reference));
        let mut happening = Happening::new(setting, on);
        if !happening.stays(dice, &mut household) {
            return [None, None];
        }
        happening.forget(&mut household);
        happening.move_the_right(dice, &mut household);
        let silent = household.dependants.is_none();
        let mut parted = None;
        if rights::is_open(&household) {
            happening.change_family(dice, &mut household);
        }
        // A death may have closed the right.
        if rights::is_open(&household) {
            happening.change_persons(dice, &mut household);
            happening.change_home(dice, &mut household);
            if family::partner(&household).is_some() {
                if dice.chance(rates::SEPARATION) {
                    parted = family::part(dice, &mut household, on);
                    happening.notice("SITFAM");
                }
            } else {
                self.unite(dice, &mut household, &mut happening);
            }
        }
        rights::settle(dice, &mut household, setting.reference);
        if silent {
            household.dependants = None;
        }
        let made = parted.map(|parted| {
            // The second half of the ranks of the month, in the order of the file.
            let rank = Rank::entering(setting.reference, Rank::ENTRIES_AT_MOST / 2 + self.parted);
            self.parted += 1;
            let household = setting.household_of(dice, rank, parted, &household);
            Passed { household, triggers: vec!["DEMRSA", "SITFAM"], settled_on: on }
        });
        [Some(Passed { household, triggers: happening.into_triggers(), settled_on: on }), made]
    }

    /// Two people alone live together from now on: one file is closed, its persons join the next one that suits.
    fn unite(&mut self, dice: &mut Dice, household: &mut Household, happening: &mut Happening<'_>) {
        let Some(alone) = alone(household) else { return };
        match &self.joining {
            None => {
                if dice.chance(rates::UNION) {
                    self.joining =
                        Some(household.persons.iter().filter(|person| family::is_present(person)).cloned().collect());
                    rights::close_for(household, "RGD", happening.on.first_of_month());
                    happening.notice("SITFAM");
                    happening.notice("RAD");
                }
            }
            Some(newcomers) => {
                let age_gap = (newcomers[0].birth_date - alone.birth_date).get_days().abs() / 365;
                if newcomers[0].sex == alone.sex || age_gap > 15 || dice.below(20) > 0 {
                    return;
                }
                for mut person in self.joining.take().into_iter().flatten() {
                    person.attached_since = happening.on;
                    person.file_holder = false;
                    if family::is_adult(&person) {
                        person.benefit_roles = persons::roles(&Role::Partner);
                    }
                    household.persons.push(person);
                }
                household.family_situation = dice.pick(&["VIM", "VIM", "MAR", "PAC"]).to_owned();
                household.family_situation_since = happening.on;
                happening.notice("SITFAM");
            }
        }
    }
}

/// The applicant of a household of one adult alone.
fn alone(household: &Household) -> Option<&Person> {
    let mut adults = household.adults().filter(|adult| family::is_present(adult));
    let first = adults.next().filter(|adult| adult.rsa_role() == Some(&Role::Applicant))?;
    (adults.next().is_none() && !family::is_couple(household)).then_some(first)
}

/// The same day, or the Friday or Monday nearest that stays in the month.
pub(super) fn working_day(day: Date) -> Date {
    let shift = match day.weekday() {
        Weekday::Saturday => -1,
        Weekday::Sunday => 1,
        _ => return day,
    };
    let moved = day.saturating_add(i64::from(shift).days());
    if moved.month() == day.month() { moved } else { day.saturating_add((-i64::from(shift) * 2).days()) }
}
