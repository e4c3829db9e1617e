//! What a month brings to one household.

use formats::caf::model::{Household, Person, RightStatus, Role, SuspensionKind};
use jiff::ToSpan;
use jiff::civil::Date;

use super::dice::{Dice, Rate, digest};
use super::households::Setting;
use super::names::Origin;
use super::persons::{self, Draft};
use super::{adults, family, homes, hypotheses as rates, rights};

/// The day things are settled for a household in the month, and what was noticed.
pub(super) struct Happening<'a> {
    setting: &'a Setting<'a>,
    pub(super) on: Date,
    triggers: Vec<&'static str>,
}

impl<'a> Happening<'a> {
    pub(super) fn new(setting: &'a Setting<'a>, on: Date) -> Self {
        Self { setting, on, triggers: Vec::new() }
    }

    /// Records a triggering fact (`FG`).
    pub(super) fn notice(&mut self, trigger: &'static str) {
        if !self.triggers.contains(&trigger) {
            self.triggers.push(trigger);
        }
    }

    pub(super) fn into_triggers(self) -> Vec<&'static str> {
        self.triggers
    }

    /// Whether the household is in the file of the month: a closed one disappears, or comes once more in state 6.
    pub(super) fn stays(&mut self, dice: &mut Dice, household: &mut Household) -> bool {
        match household.right.status {
            RightStatus::Closed if dice.chance(rates::REGULARISED) => {
                household.right.status = RightStatus::ClosedInEarlierMonth;
                household.right.closure_in_earlier_month = household.right.closure.take();
                household.outgoing_transfer = None;
                self.notice("CARRSA");
                true
            }
            RightStatus::Closed | RightStatus::ClosedInEarlierMonth | RightStatus::Refused => false,
            _ => !dice.chance(rates::VANISHED),
        }
    }

    /// What the month before showed and this one no longer does.
    pub(super) fn forget(&self, household: &mut Household) {
        let first = self.setting.first_of_month();
        household
            .persons
            .retain(|person| person.attached_until.is_none_or(|until| until >= first.saturating_sub(1.months())));
        let old = first.saturating_sub(3.months());
        household.incoming_transfer = household.incoming_transfer.take().filter(|transfer| transfer.since >= old);
        household.events.clear();
        for person in &mut household.persons {
            person.entering_obligations = person.entering_obligations.map(|_| false);
            adults::forget_old_activities(person, self.setting.reference);
        }
        // A partner who left and was still attached the month before.
        if !family::is_couple(household) {
            let parted_on = household.family_situation_since;
            for person in &mut household.persons {
                if person.rsa_role() == Some(&Role::Partner) && family::is_present(person) {
                    person.attached_until = Some(parted_on.max(person.attached_since));
                }
            }
        }
    }

    /// Decisions, suspensions, closures.
    pub(super) fn move_the_right(&mut self, dice: &mut Dice, household: &mut Household) {
        let month = self.on.first_of_month();
        match household.right.status {
            RightStatus::Pending => {
                if !dice.chance(rates::DECIDED) {
                    return;
                }
                let state = if dice.chance(rates::REFUSED) { 1 } else { 2 };
                rights::set_state(dice, household, state, self.on);
                if state == 2 {
                    for person in &mut household.persons {
                        if family::is_adult(person) {
                            adults::draw_obligations(dice, person);
                        }
                    }
                    adults::enter_obligations(household);
                    self.notice("ENTDED");
                }
                self.notice("CARRSA");
                return;
            }
            RightStatus::OpenPayable => {
                household.right = rights::open();
                if dice.chance(rates::PAYMENT_SUSPENDED) {
                    rights::suspend(dice, household, SuspensionKind::Payment, month);
                    self.notice("SUS");
                } else if dice.chance(rates::RIGHT_SUSPENDED) {
                    rights::suspend(dice, household, SuspensionKind::Right, self.on);
                    self.notice("SUS");
                }
            }
            RightStatus::PaymentSuspended | RightStatus::RightSuspended => self.move_suspensions(dice, household),
            _ => return,
        }
        if rights::is_open(household) && dice.chance(rates::EXIT) {
            rights::close(dice, household, self.setting.reference);
            let departs = household.outgoing_transfer.is_some();
            self.notice(if departs { "MUT" } else { "RAD" });
        }
    }

    fn move_suspensions(&mut self, dice: &mut Dice, household: &mut Household) {
        let of_right = household.right.status == RightStatus::RightSuspended;
        let resumes = if of_right { rates::RIGHT_RESUMED } else { rates::PAYMENT_RESUMED };
        let four_months_ago = self.on.first_of_month().saturating_sub(4.months());
        let lasts = household.right.suspensions.iter().any(|suspension| suspension.since <= four_months_ago);
        if dice.chance(resumes) {
            household.right = rights::open();
            self.notice("RESTRIRSA");
        } else if lasts && dice.chance(rates::ENDS_AFTER_FOUR_MONTHS) {
            rights::close_for(household, "ECH", self.on.first_of_month());
            self.notice("RAD");
        } else if dice.chance(rates::SUSPENSION_ADDED) {
            let kind = if of_right { SuspensionKind::Right } else { SuspensionKind::Payment };
            rights::add_suspension(dice, household, kind, self.on);
            self.notice("SUS");
        } else if household.right.suspensions.len() > 1 && dice.chance(rates::SUSPENSION_ADDED) {
            household.right.suspensions.pop();
            self.notice("SUS");
        }
    }

    /// Births, deaths, departures of grown children, marriages.
    pub(super) fn change_family(&mut self, dice: &mut Dice, household: &mut Household) {
        let settled = family::is_couple(household) || family::children(household).next().is_some();
        let mother = household.adults().filter(|adult| family::is_present(adult)).position(|adult| {
            let age = (self.on - adult.birth_date).get_days() / 365;
            adult.sex.code() == "2" && (19..44).contains(&age)
        });
        if let Some(mother) = mother.filter(|_| settled && dice.chance(rates::BIRTH)) {
            self.birth(dice, household, mother);
        }
        for person in
            household.persons.iter_mut().filter(|person| family::is_present(person) && family::is_child(person))
        {
            let grown =
                person.birth_date.saturating_add(i64::from(rates::CHILD_UNTIL).years()) <= self.setting.reference;
            let adult = person.birth_date.saturating_add(18.years()) <= self.on;
            if grown || adult && dice.chance(rates::CHILD_LEAVES) {
                person.attached_until = Some(self.on.max(person.attached_since));
                self.notice("SITENFAUT");
            }
        }
        if family::is_couple(household) && household.family_situation != "MAR" && dice.chance(rates::MARRIAGE) {
            self.marriage(dice, household);
        }
        for index in 0..household.persons.len() {
            let person = &household.persons[index];
            if family::is_adult(person) && family::is_present(person) && dice.chance(rates::DEATH) {
                self.death(household, index);
            }
        }
    }

    fn birth(&mut self, dice: &mut Dice, household: &mut Household, mother: usize) {
        let adults: Vec<Person> = household.adults().filter(|adult| family::is_present(adult)).cloned().collect();
        let Some(mother) = adults.get(mother) else { return };
        let family_name = adults[dice.below(adults.len() as u64) as usize].birth_name.clone();
        let born = dice.day(self.setting.first_of_month(), self.on);
        let children = if dice.chance(rates::TWINS) { 2 } else { 1 };
        for rank in 1..=children {
            let mut child = Draft {
                origin: Origin::of_first_name(&mother.first_name),
                woman: dice.below(2) == 0,
                born,
                adult: false,
                family_name: Some(&family_name),
                number: digest(&[&household.claim_number, &born.to_string()]).wrapping_add(rank),
                role: Role::Child,
                attached_since: born,
            }
            .person(dice);
            if household.persons.iter().any(|other| other.first_name == child.first_name) {
                continue;
            }
            child.birth_rank = Some(rank as u8);
            adults::describe(dice, &mut child, self.setting.reference);
            family::link(dice, &mut child, &adults);
            household.persons.push(child);
            self.notice("SITENFAUT");
        }
    }

    fn marriage(&mut self, dice: &mut Dice, household: &mut Household) {
        household.family_situation = "MAR".to_owned();
        household.family_situation_since = dice.day(self.setting.first_of_month(), self.on);
        let present = |person: &Person| family::is_adult(person) && family::is_present(person);
        let of_sex =
            |sex: &str| household.persons.iter().position(|person| present(person) && person.sex.code() == sex);
        let (wife, husband) = (of_sex("2"), of_sex("1"));
        if let (Some(wife), Some(husband), true) = (wife, husband, dice.chance(rates::USES_PARTNER_NAME)) {
            household.persons[wife].usual_name = household.persons[husband].birth_name.clone();
            self.notice("ETACIV");
        }
        self.notice("SITFAM");
    }

    fn death(&mut self, household: &mut Household, index: usize) {
        let dead = &mut household.persons[index];
        dead.attached_until = Some(self.on.max(dead.attached_since));
        dead.file_holder = false;
        let survivor =
            household.persons.iter_mut().find(|person| family::is_adult(person) && family::is_present(person));
        match survivor {
            Some(survivor) => {
                survivor.benefit_roles = persons::roles(&Role::Applicant);
                survivor.file_holder = true;
                household.family_situation = "VEU".to_owned();
                household.family_situation_since = self.on;
                self.notice("SITFAM");
            }
            None => {
                rights::close_for(household, "RFD", self.on);
                self.notice("RAD");
            }
        }
    }

    /// Activities, droits et devoirs, civil status of the persons.
    pub(super) fn change_persons(&mut self, dice: &mut Dice, household: &mut Household) {
        for person in household.persons.iter_mut().filter(|person| family::is_present(person)) {
            let adult = family::is_adult(person);
            let appears = if adult { rates::NIR_APPEARS } else { rates::CHILD_NIR_APPEARS };
            if person.nir.is_none() && dice.chance(appears) {
                let abroad = !Origin::french().has_place(&person.birth_place);
                let number = digest(&[&household.claim_number, &person.birth_name, &person.first_name]);
                let woman = person.sex.code() == "2";
                person.nir = persons::impossible_nir(woman, person.birth_date, abroad, number);
                person.civil_status_validated = Some(true);
                self.notice("ETACIV");
            }
            if !adult {
                continue;
            }
            if dice.chance(rates::ACTIVITY_CHANGE) {
                let before = person.obligations;
                adults::change_activity(dice, person, self.on);
                adults::draw_obligations(dice, person);
                self.notice("SITPRO");
                if before != Some(true) && person.obligations == Some(true) {
                    person.entering_obligations = Some(true);
                    self.notice("ENTDED");
                }
            } else if dice.chance(rates::OBLIGATIONS_FLIP) {
                let entering = person.obligations != Some(true);
                person.obligations = Some(entering);
                person.entering_obligations = Some(entering);
                self.notice(if entering { "ENTDED" } else { "RESTRIRSA" });
            }
            if person.france_travail_id.is_none() && dice.chance(rates::FRANCE_TRAVAIL_ID_APPEARS) {
                person.france_travail_id = Some(persons::france_travail_id(dice));
                self.notice("SITPRO");
            }
            if dice.chance(rates::SPELLING) {
                respell(dice, person);
                self.notice("ETACIV");
            }
        }
    }

    /// A new address pushes the former ones back; three are kept.
    pub(super) fn change_home(&mut self, dice: &mut Dice, household: &mut Household) {
        let abroad = household.current_address().is_some_and(|address| address.country != "FRA");
        if !abroad && !dice.chance(rates::MOVE) || abroad && !dice.chance(Rate::percent(30)) {
            return;
        }
        let moved_in = dice.day(self.setting.first_of_month(), self.on);
        let home = self.setting.places.current(dice, moved_in, self.setting.reference);
        household.without_fixed_home =
            homes::is_at_association(&home) && dice.chance(rates::WITHOUT_HOME_AT_ASSOCIATION);
        household.addresses.retain(|address| address.rank < 3);
        for address in &mut household.addresses {
            address.rank += 1;
        }
        household.addresses.insert(0, home);
        self.notice("ADR");
    }
}

/// A civil status written another way: a hyphen for a blank, an apostrophe lost, two letters swapped, a second first
/// name that comes or goes.
fn respell(dice: &mut Dice, person: &mut Person) {
    let name = &person.birth_name;
    let other = if name.contains('-') {
        name.replacen('-', " ", 1)
    } else if name.contains('\'') {
        name.replacen('\'', " ", 1)
    } else if name.contains(' ') {
        name.replacen(' ', "-", 1)
    } else if dice.below(2) == 0 {
        person.second_first_name = match person.second_first_name {
            Some(_) => None,
            None => {
                Some(Origin::of_first_name(&person.first_name).first_name(dice, person.sex.code() == "2").to_owned())
                    .filter(|name| name.len() <= 15)
            }
        };
        return;
    } else {
        let at = 1 + dice.below(name.len().saturating_sub(2).max(1) as u64) as usize;
        let mut letters: Vec<char> = name.chars().collect();
        if at + 1 < letters.len() {
            letters.swap(at, at + 1);
        }
        letters.into_iter().collect()
    };
    if person.usual_name == person.birth_name {
        person.usual_name.clone_from(&other);
    }
    person.birth_name = other;
}
