//! Who lives with whom: links between children and adults, separations, unions, births.

use formats::caf::model::{Household, Person, Role};
use jiff::civil::Date;

use super::dice::Dice;
use super::hypotheses as rates;
use super::persons::{self, link_to};

/// Family situations of two adults together.
pub(super) fn is_couple(household: &Household) -> bool {
    rates::TOGETHER.iter().any(|(code, _)| *code == household.family_situation)
}

/// Still attached to the file.
pub(super) fn is_present(person: &Person) -> bool {
    person.attached_until.is_none()
}

pub(super) fn is_adult(person: &Person) -> bool {
    matches!(person.rsa_role(), Some(Role::Applicant | Role::Partner))
}

pub(super) fn is_child(person: &Person) -> bool {
    person.rsa_role() == Some(&Role::Child)
}

/// Children still counted.
pub(super) fn children(household: &Household) -> impl Iterator<Item = &Person> {
    household.persons.iter().filter(|person| is_present(person) && is_child(person))
}

/// Links a child to the adults of the household: often both, sometimes one, rarely none.
pub(super) fn link(dice: &mut Dice, child: &mut Person, adults: &[Person]) {
    let both = dice.chance(rates::TWO_LINKS);
    child.links = match adults {
        [first, second, ..] if both => vec![link_to(first), link_to(second)],
        [first, ..] if both || dice.below(5) > 0 => vec![link_to(first)],
        _ => Vec::new(),
    };
}

/// What leaves a couple: the partner, and the children who follow.
pub(super) struct Parted {
    pub(super) on: Date,
    partner: usize,
    children: Vec<usize>,
}

/// Separates a couple. The partner stays in the file, either attached until the day, or as if nothing had happened
/// yet: the person is then in two households at once.
pub(super) fn part(dice: &mut Dice, household: &mut Household, on: Date) -> Option<Parted> {
    let partner = partner(household)?;
    let late = dice.chance(rates::STILL_ATTACHED_AFTER_SEPARATION);
    let children: Vec<usize> = if dice.chance(rates::CHILDREN_FOLLOW) {
        (0..household.persons.len())
            .filter(|index| is_child(&household.persons[*index]) && is_present(&household.persons[*index]))
            .collect()
    } else {
        Vec::new()
    };
    let on = on.max(household.persons[partner].attached_since);
    if !late {
        for index in children.iter().copied().chain([partner]) {
            let person = &mut household.persons[index];
            person.attached_until = Some(on.max(person.attached_since));
        }
    }
    household.family_situation = dice.pick(&["SEF", "SEF", "ISO", "DIV"]).to_owned();
    household.family_situation_since = on;
    Some(Parted { on, partner, children })
}

/// The partner of a couple, when the other adult is the applicant.
pub(super) fn partner(household: &Household) -> Option<usize> {
    let has_applicant = household.persons.iter().any(|person| person.rsa_role() == Some(&Role::Applicant));
    let is_partner = |person: &Person| person.rsa_role() == Some(&Role::Partner) && is_present(person);
    household.persons.iter().position(is_partner).filter(|_| has_applicant && is_couple(household))
}

impl Parted {
    /// The persons of the new household, as they were in the couple.
    pub(super) fn persons(&self, couple: &Household) -> Vec<Person> {
        let indexes = [self.partner].into_iter().chain(self.children.iter().copied());
        let mut persons: Vec<Person> = indexes.map(|index| couple.persons[index].clone()).collect();
        for person in &mut persons {
            person.attached_since = self.on;
            person.attached_until = None;
            person.previous_claim_number = Some(couple.claim_number.clone());
        }
        persons[0].benefit_roles = persons::roles(&Role::Applicant);
        persons[0].file_holder = true;
        let (adult, children) = persons.split_at_mut(1);
        for child in children {
            child.links.retain(|link| link.first_name == adult[0].first_name && link.birth_date == adult[0].birth_date);
        }
        persons
    }
}
