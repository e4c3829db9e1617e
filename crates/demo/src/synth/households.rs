//! A household drawn from nothing: stock of the first month, entries of the following ones.

use formats::caf::model::{FileNumber, Household, PayingBody, Person, Role, Transfer};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::dice::{Dice, Purpose};
use super::homes::{self, Places};
use super::hypotheses::{self as rates, Family, Seniority};
use super::names::Origin;
use super::persons::{self, Draft};
use super::{adults, family, rights};

/// RSA exists since then.
const FIRST_RSA: Date = date(2009, 6, 1);
/// Persons of a household have their own numbers: this many at most.
const PERSONS_AT_MOST: u64 = 12;

/// The rank of a household among all those ever made: its keys follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rank(u64);

impl Rank {
    /// Households of the first month.
    pub(super) const STOCK_AT_MOST: u64 = 5_000_000;
    /// New households of one month.
    pub(super) const ENTRIES_AT_MOST: u64 = 100_000;
    const MONTHS_AT_MOST: u64 = 900;
    /// File numbers have seven digits only: those of the entries come back after this many months.
    const MONTHS_OF_FILE_NUMBERS: u64 = 50;

    pub(super) fn in_stock(index: u64) -> Self {
        Self(index)
    }

    pub(super) fn entering(month: Date, index: u64) -> Self {
        let months = (i64::from(month.year()) - 2000) * 12 + i64::from(month.month());
        let months = months.unsigned_abs() % Self::MONTHS_AT_MOST;
        Self(2 * Self::STOCK_AT_MOST + months * Self::ENTRIES_AT_MOST + index)
    }

    /// `NUMDEMRSA`: eleven digits, never given twice.
    pub(super) fn claim_number(self) -> String {
        format!("{:08}093", self.0 + 1)
    }

    fn file_rank(self) -> u64 {
        match self.0.checked_sub(2 * Self::STOCK_AT_MOST) {
            None => self.0,
            Some(entry) => Self::STOCK_AT_MOST + entry % (Self::MONTHS_OF_FILE_NUMBERS * Self::ENTRIES_AT_MOST),
        }
    }

    /// `MATRICULE`: seven digits in no visible order, then eight zeros.
    fn file_number(self) -> FileNumber {
        let public = (self.file_rank() * 7_654_321 + 1_234_567) % 10_000_000;
        FileNumber::from_digits(&format!("{public:07}00000000"))
    }

    /// The number of a person of the household: 0 and 1 for the adults.
    fn person(self, index: u64) -> u64 {
        if index < 2 { self.file_rank() * 2 + index } else { self.file_rank() * PERSONS_AT_MOST + index }
    }
}

/// What all households of a file share.
pub(super) struct Setting<'a> {
    pub(super) seed: u64,
    /// `DTREF`: last day of the month.
    pub(super) reference: Date,
    pub(super) places: Places<'a>,
}

impl Setting<'_> {
    pub(super) fn first_of_month(&self) -> Date {
        self.reference.first_of_month()
    }

    /// A household of the stock, by its index. When the couple of the index before has just separated, it is the
    /// partner's new household.
    pub(super) fn in_stock(&self, index: u64) -> Household {
        if let Some(before) = index.checked_sub(1).filter(|before| self.separates(*before)) {
            let mut couple = self.drawn(Rank::in_stock(before), false);
            if let Some(parted) = self.part_in_stock(before, &mut couple) {
                let mut dice = Dice::of(self.seed, Purpose::Household, index);
                return self.household_of(&mut dice, Rank::in_stock(index), parted, &couple);
            }
        }
        let mut household = self.drawn(Rank::in_stock(index), false);
        if self.separates(index) {
            self.part_in_stock(index, &mut household);
        }
        household
    }

    /// Separates a couple of the stock; what leaves makes the household of the next index.
    fn part_in_stock(&self, index: u64, couple: &mut Household) -> Option<family::Parted> {
        let mut dice = Dice::of(self.seed, Purpose::Separation, index.wrapping_add(Rank::STOCK_AT_MOST));
        let on = dice.day(self.first_of_month(), self.reference);
        family::part(&mut dice, couple, on)
    }

    /// The household of somebody who has just left a couple, with the children who follow.
    pub(super) fn household_of(
        &self,
        dice: &mut Dice,
        rank: Rank,
        parted: family::Parted,
        couple: &Household,
    ) -> Household {
        let on = parted.on;
        let mut household = Household {
            file_number: rank.file_number(),
            claim_date: on,
            claim_number: rank.claim_number(),
            persons: parted.persons(couple),
            family_situation: couple.family_situation.clone(),
            family_situation_since: on,
            addresses: self.places.addresses(dice, on, self.reference),
            right: rights::open(),
            without_fixed_home: false,
            origin: "DEM".to_owned(),
            origin_date: Some(on),
            right_details: Vec::new(),
            incoming_transfer: None,
            outgoing_transfer: None,
            ..couple.clone()
        };
        let state = dice.weighted(rates::ENTRY_STATES);
        rights::set_state(dice, &mut household, state, self.reference);
        rights::settle(dice, &mut household, self.reference);
        adults::enter_obligations(&mut household);
        household
    }

    /// Two neighbours cannot both separate: the second would be twice something.
    fn separates(&self, index: u64) -> bool {
        let separates = |index| Dice::of(self.seed, Purpose::Separation, index).chance(rates::JUST_SEPARATED);
        separates(index) && !index.checked_sub(1).is_some_and(separates)
    }

    /// A household that claims in the month.
    pub(super) fn entering(&self, index: u64) -> Household {
        self.drawn(Rank::entering(self.reference, index), true)
    }

    fn drawn(&self, rank: Rank, entering: bool) -> Household {
        let head = self.head(rank);
        let mut dice = Dice::of(self.seed, Purpose::Household, rank.0);
        let dice = &mut dice;
        let claim_date =
            if entering { dice.day(self.first_of_month(), self.reference) } else { self.claim_date(dice, head.age) };
        let situations = if head.family.is_couple() { rates::TOGETHER } else { rates::ALONE };
        let family_situation = dice.weighted(situations).to_owned();
        let persons = self.persons(dice, rank, head, claim_date, &family_situation);
        let moved_in = self.reference.saturating_sub(dice.between(20, 4_000).days());
        let addresses = self.places.addresses(dice, moved_in, self.reference);
        let at_association = homes::is_at_association(&addresses[0]);
        let without_home =
            if at_association { rates::WITHOUT_HOME_AT_ASSOCIATION } else { rates::WITHOUT_HOME_ELSEWHERE };
        let converted = claim_date < FIRST_RSA.saturating_add(rates::CONVERTED_CLAIM_DAYS.days());
        let transferred = if entering { rates::TRANSFERRED_IN_ENTRY } else { rates::TRANSFERRED_IN_STOCK };
        let mut household = Household {
            paying_body: PayingBody { family: "CAF".to_owned(), number: "931".to_owned() },
            file_number: rank.file_number(),
            claim_date,
            claim_number: rank.claim_number(),
            incoming_transfer: dice.chance(transferred).then(|| self.incoming_transfer(dice)),
            outgoing_transfer: None,
            persons,
            family_situation,
            family_situation_since: dice.day(claim_date.saturating_sub(12.years()), claim_date),
            addresses,
            right: rights::open(),
            without_fixed_home: dice.chance(without_home),
            dependants: None,
            origin: if converted { dice.pick(&["RMI", "API", "RMI"]) } else { "DEM" }.to_owned(),
            origin_date: Some(claim_date),
            obligations: None,
            right_details: Vec::new(),
            events: Vec::new(),
            anomalies: Vec::new(),
        };
        let states = if entering { rates::ENTRY_STATES } else { rates::STATES };
        let state = dice.weighted(states);
        rights::set_state(dice, &mut household, state, self.reference);
        for person in &mut household.persons {
            adults::describe(dice, person, self.reference);
        }
        rights::settle(dice, &mut household, self.reference);
        if entering {
            adults::enter_obligations(&mut household);
        }
        if dice.chance(rates::DEPENDANTS_ABSENT) {
            household.dependants = None;
        }
        household
    }

    fn claim_date(&self, dice: &mut Dice, age: i64) -> Date {
        let since_adult = ((age - 19) * 12).max(1);
        let years = i64::from(self.reference.year() - FIRST_RSA.year());
        let since_first = years * 12 + i64::from(self.reference.month() - FIRST_RSA.month());
        let (from, to) = match dice.weighted(rates::SENIORITY) {
            Seniority::Months(from, to) => (from, to),
            Seniority::SinceTheFirst => (since_first, since_first),
        };
        let limit = since_adult.min(since_first);
        let (from, to) = if from > limit { (0, limit) } else { (from, to.min(limit)) };
        let month = self.first_of_month().saturating_sub(dice.between(from, to).months());
        dice.day(month, month.last_of_month()).max(FIRST_RSA)
    }

    /// The applicant, with a stream of chance of its own so that a homonym can be made of it.
    fn head(&self, rank: Rank) -> Head {
        let mut dice = Dice::of(self.seed, Purpose::Person, rank.0);
        let family = dice.weighted(rates::FAMILIES);
        let (ages, woman) = match family {
            Family::Single => (rates::AGES_SINGLE, rates::WOMAN_IF_SINGLE),
            Family::LoneParent => (rates::AGES_LONE_PARENT, rates::WOMAN_IF_LONE_PARENT),
            Family::Couple | Family::CoupleWithChildren => (rates::AGES_COUPLE, rates::WOMAN_IF_COUPLE),
        };
        let (youngest, oldest) = dice.weighted(ages);
        let age = dice.between(youngest, oldest);
        let draft = Draft {
            origin: Origin::draw(&mut dice),
            woman: dice.chance(woman),
            born: self.birth_date(&mut dice, age),
            adult: true,
            family_name: None,
            number: rank.person(0),
            role: Role::Applicant,
            attached_since: self.reference,
        };
        Head { family, age, origin: draft.origin, woman: draft.woman, person: draft.person(&mut dice) }
    }

    fn persons(
        &self,
        dice: &mut Dice,
        rank: Rank,
        head: Head,
        claim_date: Date,
        family_situation: &str,
    ) -> Vec<Person> {
        let Head { family, age, origin, woman, person: mut applicant } = head;
        let attached_since = claim_date.saturating_sub(dice.between(0, 2_500).days());
        applicant.attached_since = attached_since;
        if dice.chance(rates::RETURNING) {
            // A rank between the stock and the entries: nobody has it.
            let earlier = Rank(Rank::STOCK_AT_MOST + dice.below(Rank::STOCK_AT_MOST));
            applicant.previous_claim_number = Some(earlier.claim_number());
        }
        self.maybe_homonym(dice, rank, &mut applicant);
        let was_married = matches!(family_situation, "DIV" | "SEF" | "SEL" | "VEU");
        if woman && was_married && dice.chance(rates::USES_PARTNER_NAME) {
            applicant.usual_name = origin.last_name(dice);
        }
        let mut persons = vec![applicant];
        if family.is_couple() {
            let gap = if woman { dice.between(-3, 9) } else { dice.between(-9, 3) };
            let mut partner = Draft {
                origin: if dice.chance(rates::SAME_ORIGIN) { origin } else { Origin::draw(dice) },
                woman: !woman,
                born: self.birth_date(dice, (age + gap).max(20)),
                adult: true,
                family_name: None,
                number: rank.person(1),
                role: Role::Partner,
                attached_since,
            }
            .person(dice);
            if matches!(family_situation, "MAR" | "RVM") && dice.chance(rates::USES_PARTNER_NAME) {
                let (wife, husband) = if woman { (&mut persons[0], &partner) } else { (&mut partner, &persons[0]) };
                wife.usual_name.clone_from(&husband.birth_name);
            }
            persons.push(partner);
            if dice.chance(rates::NO_APPLICANT) {
                persons[0].benefit_roles = persons::roles(&Role::Partner);
                persons[0].file_holder = false;
            }
        }
        let children = match family {
            Family::Single | Family::Couple => 0,
            Family::LoneParent => dice.weighted(rates::CHILDREN_LONE_PARENT),
            Family::CoupleWithChildren => dice.weighted(rates::CHILDREN_COUPLE),
        };
        self.add_children(dice, rank, origin, &mut persons, children);
        if dice.chance(rates::OTHER_DEPENDANT) {
            persons.push(self.elder(dice, rank, origin, Role::OtherDependant, attached_since));
        } else if dice.chance(rates::FILE_HOLDER_OUTSIDE) {
            persons[0].file_holder = false;
            let mut holder = self.elder(dice, rank, origin, Role::FileHolder, attached_since);
            holder.file_holder = true;
            persons.push(holder);
        }
        persons
    }

    fn add_children(
        &self,
        dice: &mut Dice,
        rank: Rank,
        origin: &'static Origin,
        persons: &mut Vec<Person>,
        children: usize,
    ) {
        let adults = persons.len();
        let parents_until = persons.iter().map(|adult| adult.birth_date).max().unwrap_or(self.reference);
        // Nobody is a parent before 17, and a child of the household is under 25.
        let parent_age = i64::from((self.reference - parents_until).get_days()) / 365;
        let oldest = (parent_age - 17).clamp(1, i64::from(rates::CHILD_UNTIL) - 1);
        while persons.len() < adults + children {
            let age = dice.between(0, oldest).min(dice.between(0, oldest + 5));
            let twin = persons.len() > adults && dice.chance(rates::TWINS);
            let born = if twin { persons[persons.len() - 1].birth_date } else { self.birth_date(dice, age) };
            let family_name = persons[dice.below(adults as u64) as usize].birth_name.clone();
            let mut child = Draft {
                origin,
                woman: dice.below(2) == 0,
                born,
                adult: false,
                family_name: Some(&family_name),
                number: rank.person(persons.len() as u64),
                role: Role::Child,
                attached_since: born.max(persons[0].attached_since),
            }
            .person(dice);
            // A household key is a name, a first name and a birth date: brothers and sisters differ.
            let taken = |child: &Person| persons[adults..].iter().any(|other| other.first_name == child.first_name);
            if taken(&child) {
                continue;
            }
            if twin {
                child.birth_rank = Some(2);
            }
            family::link(dice, &mut child, &persons[..adults]);
            persons.push(child);
        }
    }

    /// A parent of the applicant who lives there.
    fn elder(&self, dice: &mut Dice, rank: Rank, origin: &'static Origin, role: Role, attached_since: Date) -> Person {
        let age = dice.between(66, 88);
        Draft {
            origin,
            woman: dice.below(3) > 0,
            born: self.birth_date(dice, age),
            adult: true,
            family_name: None,
            number: rank.person(PERSONS_AT_MOST - 1),
            role,
            attached_since,
        }
        .person(dice)
    }

    /// A birth date of someone of this age at the reference date.
    fn birth_date(&self, dice: &mut Dice, age: i64) -> Date {
        self.reference.saturating_sub(age.years()).saturating_sub(dice.between(0, 364).days())
    }

    /// Sometimes a household of the stock gets the names of the applicant of an earlier one.
    fn maybe_homonym(&self, dice: &mut Dice, rank: Rank, person: &mut Person) {
        if rank.0 == 0 || rank.0 >= Rank::STOCK_AT_MOST || !dice.chance(rates::HOMONYM) {
            return;
        }
        let other = self.head(Rank::in_stock(dice.below(rank.0))).person;
        if other.sex != person.sex {
            return;
        }
        if dice.chance(rates::HOMONYM_BORN_THE_SAME_DAY) {
            person.birth_date = other.birth_date;
            person.birth_date_precision = other.birth_date_precision;
            person.nir = None;
            person.civil_status_validated = Some(false);
        }
        person.usual_name.clone_from(&other.birth_name);
        person.birth_name = other.birth_name;
        person.first_name = other.first_name;
    }

    fn incoming_transfer(&self, dice: &mut Dice) -> Transfer {
        let (family, number) = dice.weighted(rates::OTHER_BODIES);
        let file_number = format!("{:07}00000000", dice.below(10_000_000));
        Transfer {
            paying_body: PayingBody { family: family.to_owned(), number: number.to_owned() },
            file_number: (dice.below(10) > 0).then(|| FileNumber::from_digits(&file_number)),
            since: self.first_of_month(),
        }
    }
}

struct Head {
    family: Family,
    age: i64,
    origin: &'static Origin,
    woman: bool,
    person: Person,
}
