//! The line that lists and searches show of a person, computed from facts alone.

use std::sync::Arc;

use base::{Date, Id, Period, fold};
use facts::Tenant;
use law::publics::{
    BirthPrecision, FamilySituation, Nature as NatureKind, PublicsInput, RightNature, RsaRole, Thresholds,
};

use territory::communes::Successors;

use super::{Identity, Membership, Person, Precision};
use crate::rights::{Address, Claim, Family, Household, RightState};

/// Everything in force about a household and its persons, as periods.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    pub claim_number: String,
    pub claim: Vec<(Period, Claim)>,
    pub right: Vec<(Period, RightState)>,
    pub family: Vec<(Period, Family)>,
    pub address: Vec<(Period, Address)>,
    pub persons: Vec<PictureOfPerson>,
}

#[derive(Clone, Debug)]
pub struct PictureOfPerson {
    pub id: Id<Person>,
    pub identity: Vec<(Period, Identity)>,
    pub membership: Vec<(Period, Membership)>,
}

db::record! {
    /// One line of the read model `person_card`.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Card in "person_card" {
        pub person: Id<Person>,
        pub tenant: Id<Tenant>,
        pub household: Id<Household>,
        pub merged_into: Option<Id<Person>>,
        pub listed: bool,
        pub sort_name: String,
        pub usual_name: String,
        pub birth_name: String,
        pub first_name: String,
        pub sex: String,
        pub birth_date: Date,
        pub birth_date_precision: Precision,
        pub role: String,
        pub obligations: Option<bool>,
        pub right_status: String,
        pub commune_code: String,
        pub claim_number: String,
        pub public_number: String,
        pub publics: i64,
        pub publics_unknown: i64,
        pub computed_on: Date,
        pub review_on: Option<Date>,
    }
}

/// The value of a day; before the first known one, nothing; after the last, the last (closed periods stay
/// readable: a household whose right has ended still has an address).
pub(crate) fn at<K>(periods: &[(Period, K)], day: Date) -> Option<&K> {
    periods.iter().rev().find(|(period, _)| period.from <= day).map(|(_, value)| value)
}

pub(crate) fn holds<K>(periods: &[(Period, K)], day: Date) -> Option<&K> {
    periods.iter().find(|(period, _)| period.contains(day)).map(|(_, value)| value)
}

/// What is in force about a person on one day, for the rules.
pub(crate) struct InForce<'a> {
    pub identity: &'a Identity,
    /// The membership, while the person is in the household.
    pub present: Option<&'a Membership>,
    pub right: Option<&'a RightState>,
    pub family: Option<&'a Family>,
    pub claim: Option<&'a Claim>,
    /// Dependent children of the RSA household.
    pub children: usize,
}

/// The facts in the words of the rules.
pub(crate) fn publics_input(facts: &InForce<'_>) -> PublicsInput {
    let InForce { identity, present, right, family, claim, children } = facts;
    PublicsInput {
        birth_date: Some(identity.birth_date),
        birth_precision: match identity.birth_date_precision {
            Precision::Full => BirthPrecision::Full,
            Precision::DayUnknown => BirthPrecision::DayUnknown,
            Precision::DayAndMonthUnknown => BirthPrecision::DayAndMonthUnknown,
        },
        rsa_role: present.and_then(|membership| RsaRole::from_code(&membership.role)),
        right_status: right.and_then(|right| right.status.chars().next()),
        obligations: present.and_then(|membership| membership.obligations),
        family_situation: family.and_then(|family| FamilySituation::from_code(&family.situation)),
        dependent_children: Some(u8::try_from(*children).unwrap_or(u8::MAX)),
        right_natures: right.map_or_else(Vec::new, |right| {
            let natures = right.natures.0.iter();
            natures
                .map(|nature| RightNature {
                    nature: NatureKind::from_code(&nature.nature),
                    since: nature.since,
                    last_day: nature.until,
                })
                .collect()
        }),
        without_fixed_home: family.map(|family| family.without_fixed_home),
        first_claim: claim
            .map(|claim| claim.origin_date.map_or(claim.claimed_on, |origin| origin.min(claim.claimed_on))),
    }
}

/// What a computation of cards needs beside the facts.
#[derive(Clone)]
pub struct CardRules {
    pub thresholds: Thresholds,
    pub communes: Arc<Successors>,
    pub day: Date,
}

/// The cards of a household's persons on a day, before any decision that two records are one person.
/// A person of whom nothing is in force has none.
pub fn cards(tenant: Id<Tenant>, household: Id<Household>, picture: &Picture, rules: &CardRules) -> Vec<Card> {
    let (thresholds, day) = (&rules.thresholds, rules.day);
    let claim = at(&picture.claim, day);
    let right = at(&picture.right, day);
    let family = at(&picture.family, day);
    let address = at(&picture.address, day);
    let children = picture
        .persons
        .iter()
        .filter_map(|person| holds(&person.membership, day))
        .filter(|membership| membership.role == "ENF" && membership.dependant && membership.attached_until.is_none())
        .count();
    picture
        .persons
        .iter()
        .filter_map(|person| {
            // A first identity dated after `day` (a file read ahead of its time) is still the person's.
            let identity =
                at(&person.identity, day).or_else(|| person.identity.first().map(|(_, identity)| identity))?;
            let present = holds(&person.membership, day)
                .filter(|membership| membership.attached_until.is_none_or(|until| until > day));
            let adult = present.is_some_and(Membership::is_adult_of_the_right);
            let findings = law::publics::publics(
                &publics_input(&InForce { identity, present, right, family, claim, children }),
                thresholds,
                day,
            );
            let membership_changes = present.and_then(|membership| membership.attached_until);
            Some(Card {
                person: person.id,
                tenant,
                household,
                merged_into: None,
                listed: adult,
                sort_name: fold(&format!("{} {}", identity.usual_name, identity.first_name)),
                usual_name: identity.usual_name.clone(),
                birth_name: identity.birth_name.clone(),
                first_name: identity.first_name.clone(),
                sex: identity.sex.clone(),
                birth_date: identity.birth_date,
                birth_date_precision: identity.birth_date_precision,
                role: present.map(|membership| membership.role.clone()).unwrap_or_default(),
                obligations: present.and_then(|membership| membership.obligations),
                right_status: right.map(|right| right.status.clone()).unwrap_or_default(),
                commune_code: address
                    .map(|address| {
                        rules.communes.resolve(&address.commune_code, day).unwrap_or(&address.commune_code).to_owned()
                    })
                    .unwrap_or_default(),
                claim_number: picture.claim_number.clone(),
                public_number: claim.map(|claim| claim.public_number().to_owned()).unwrap_or_default(),
                publics: findings.mask_yes().cast_signed(),
                publics_unknown: findings.mask_unknown().cast_signed(),
                computed_on: day,
                review_on: findings
                    .next_change()
                    .into_iter()
                    .chain(membership_changes)
                    .filter(|change| *change > day)
                    .min(),
            })
        })
        .collect()
}
