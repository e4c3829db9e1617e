//! One fictitious person: names, birth, NIR.

use base::Nir;
use formats::caf::model::{Benefit, BenefitRole, BirthDatePrecision, Link, Person, Role, Sex};
use jiff::civil::{Date, date};

use super::dice::{Dice, Rate};
use super::hypotheses as rates;
use super::names::Origin;

/// What makes a person, before chance.
pub(super) struct Draft<'a> {
    pub(super) origin: &'static Origin,
    pub(super) woman: bool,
    pub(super) born: Date,
    pub(super) adult: bool,
    /// The name of the family; drawn when absent.
    pub(super) family_name: Option<&'a str>,
    /// Unlike any other person's: makes the NIR unique.
    pub(super) number: u64,
    pub(super) role: Role,
    pub(super) attached_since: Date,
}

impl Draft<'_> {
    pub(super) fn person(self, dice: &mut Dice) -> Person {
        let birth_name = match self.family_name {
            Some(name) => name.to_owned(),
            None => self.origin.last_name(dice),
        };
        let abroad_rate = if self.adult { self.origin.born_abroad } else { Rate::percent(9) };
        let abroad = dice.chance(abroad_rate);
        let (birth_date, precision) = if abroad && dice.chance(rates::DAY_AND_MONTH_UNKNOWN) {
            (date(self.born.year(), 1, 1), BirthDatePrecision::DayAndMonthUnknown)
        } else if abroad && dice.chance(rates::DAY_UNKNOWN) {
            (self.born.first_of_month(), BirthDatePrecision::DayUnknown)
        } else {
            (self.born, BirthDatePrecision::Full)
        };
        let no_nir = match (self.adult, abroad) {
            (false, _) => rates::NO_NIR_CHILD,
            (true, true) => rates::NO_NIR_BORN_ABROAD,
            (true, false) => rates::NO_NIR_BORN_IN_FRANCE,
        };
        let known = !dice.chance(no_nir);
        let first_name = self.origin.first_name(dice, self.woman).to_owned();
        let second = dice.chance(rates::SECOND_FIRST_NAME);
        let third = second && dice.chance(rates::THIRD_FIRST_NAME);
        let other_name = |wanted: bool, dice: &mut Dice| {
            let name = self.origin.first_name(dice, self.woman);
            (wanted && name.len() <= 15 && name != first_name).then(|| name.to_owned())
        };
        let second_first_name = other_name(second, dice);
        let third_first_name = other_name(third && second_first_name.is_some(), dice);
        // The lists of places are those of the countries: « born in France » takes the communes of the first list.
        let birth_place = if abroad { self.origin.birth_place(dice) } else { Origin::french().birth_place(dice) };
        let title = if self.woman { "MME" } else { "MR" };
        let title = if self.adult || dice.chance(Rate::percent(15)) { Some(title.to_owned()) } else { None };
        let france_travail_id = (self.adult && dice.chance(rates::FRANCE_TRAVAIL_ID)).then(|| france_travail_id(dice));
        Person {
            title,
            usual_name: birth_name.clone(),
            birth_name,
            first_name,
            second_first_name,
            third_first_name,
            birth_place: birth_place.to_owned(),
            birth_date,
            birth_rank: (!self.adult).then_some(1),
            birth_date_precision: Some(precision),
            nir: known.then(|| impossible_nir(self.woman, birth_date, abroad, self.number)).flatten(),
            civil_status_validated: Some(known),
            sex: if self.woman { Sex::Female } else { Sex::Male },
            file_holder: self.role == Role::Applicant,
            attached_since: self.attached_since,
            attached_until: None,
            previous_claim_number: None,
            benefit_roles: roles(&self.role),
            links: Vec::new(),
            france_travail_id,
            obligations: None,
            entering_obligations: None,
            activities: Vec::new(),
        }
    }
}

/// The same role in both benefits; adults count in RSA only.
pub(super) fn roles(role: &Role) -> Vec<BenefitRole> {
    let adult = matches!(role, Role::Applicant | Role::Partner);
    vec![
        BenefitRole { benefit: Benefit::FamilyBenefits, role: role.clone(), dependant: !adult },
        BenefitRole { benefit: Benefit::Rsa, role: role.clone(), dependant: *role != Role::FileHolder },
    ]
}

/// The link of a child to an adult.
pub(super) fn link_to(adult: &Person) -> Link {
    Link {
        birth_name: adult.birth_name.clone(),
        first_name: adult.first_name.clone(),
        birth_date: adult.birth_date,
        nir: adult.nir.clone(),
    }
}

/// The old identifier of the employment service: seven digits and a letter.
pub(super) fn france_travail_id(dice: &mut Dice) -> String {
    format!("{:07}{}", dice.below(10_000_000), dice.pick(&["A", "C", "E", "H", "K", "M", "P", "S", "T", "W", "X"]))
}

/// Communes 100 to 999 do not exist in the département 93, nor countries 600 to 999 (code 99): a NIR made of them
/// has the right form and belongs to nobody.
const COMMUNES: (u64, u64) = (100, 900);
const COUNTRIES: (u64, u64) = (600, 400);
/// Orders 001 to 999.
const ORDERS: u64 = 999;
/// Prime with both sizes above, so that neighbours do not look alike and stay distinct.
const SPREAD: u64 = 611_953;

/// A NIR that nobody can have. Distinct for two persons of the same sex born the same month as long as their numbers
/// are not equal modulo 399,600 (born abroad) or 899,100.
pub(super) fn impossible_nir(woman: bool, born: Date, abroad: bool, number: u64) -> Option<Nir> {
    let (department, (first, count)) = if abroad { (99, COUNTRIES) } else { (93, COMMUNES) };
    let serial = number.wrapping_mul(SPREAD) % (count * ORDERS);
    let (year, month) = (born.year() % 100, born.month());
    let (place, order) = (first + serial / ORDERS, 1 + serial % ORDERS);
    let sex = if woman { 2 } else { 1 };
    Nir::parse(&format!("{sex}{year:02}{month:02}{department}{place:03}{order:03}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nirs_are_impossible_and_distinct() {
        let born = date(1990, 3, 15);
        let mut seen = std::collections::BTreeSet::new();
        for number in 0..20_000 {
            for abroad in [false, true] {
                let nir = impossible_nir(true, born, abroad, number).unwrap();
                let (department, place) = (&nir.as_str()[5..7], nir.as_str()[7..10].parse::<u16>().unwrap());
                assert!(
                    department == "93" && place >= 100 || department == "99" && place >= 600,
                    "{department} {place}"
                );
                assert!(nir.as_str().starts_with("29003") && !nir.as_str().ends_with("000"));
                assert!(seen.insert(nir));
            }
        }
    }
}
