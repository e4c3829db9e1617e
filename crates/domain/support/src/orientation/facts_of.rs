//! The facts of a person in the words of the rules of orientation, each with its source and its day.

use std::collections::{BTreeSet, HashMap};

use base::{Date, Id};
use db::Ask;
use facts::{Fact, current_many};
use law::orientation::{Birth, Employment, Facts, Impact, Known, ProjectAbility, Registration, Source, WirePath};
use law::publics::{BirthPrecision, FamilySituation, Nature, RsaRole};
use platform::Permit;
use platform::gate::Action;

use crate::inputs::{self, Inputs, impact_of};
use crate::person::{Card, Membership, Person, Precision};
use crate::rights::{Family, Household, RightState};

/// The facts of people on a day, with the commune where each lives. People without a card have none.
pub(super) async fn gather(
    ask: &impl Ask,
    permit: &Permit<impl Action>,
    persons: &[Id<Person>],
    day: Date,
) -> db::Result<Vec<(Id<Person>, String, Facts)>> {
    let tenant = permit.tenant();
    let cards = crate::person::store::cards_of(ask, permit, persons).await?;
    let households: Vec<Id<Household>> =
        cards.iter().map(|card| card.household).collect::<BTreeSet<_>>().into_iter().collect();
    let rights = by_subject(current_many::<RightState>(ask, tenant, &households).await?);
    let families = by_subject(current_many::<Family>(ask, tenant, &households).await?);
    let own: Vec<Id<Person>> = cards.iter().map(|card| card.person).collect();
    let memberships = by_subject(current_many::<Membership>(ask, tenant, &own).await?);
    let mut inputs = inputs::of_many(ask, permit, &own).await?;
    Ok(cards
        .into_iter()
        .map(|card| {
            let gathered = Gathered {
                right: rights.get(&card.household).and_then(|records| latest(records, day)),
                rights: rights.get(&card.household).map_or(&[][..], Vec::as_slice),
                family: families.get(&card.household).and_then(|records| latest(records, day)),
                membership: memberships.get(&card.person).and_then(|records| latest(records, day)),
                inputs: inputs.remove(&card.person).unwrap_or_default(),
            };
            let facts = gathered.facts(&card, day);
            (card.person, card.commune_code, facts)
        })
        .collect())
}

fn by_subject<K: facts::Kind>(found: Vec<Fact<K>>) -> HashMap<Id<K::Subject>, Vec<Fact<K>>> {
    let mut by_subject: HashMap<Id<K::Subject>, Vec<Fact<K>>> = HashMap::new();
    for fact in found {
        by_subject.entry(fact.subject).or_default().push(fact);
    }
    by_subject
}

fn latest<K: facts::Kind>(records: &[Fact<K>], day: Date) -> Option<&Fact<K>> {
    records.iter().rev().find(|fact| fact.valid.from <= day)
}

struct Gathered<'a> {
    right: Option<&'a Fact<RightState>>,
    rights: &'a [Fact<RightState>],
    family: Option<&'a Fact<Family>>,
    membership: Option<&'a Fact<Membership>>,
    inputs: Inputs,
}

/// What France Travail calls a registration that followed from the claim.
const AUTOMATIC_REGISTRATION: &str = "INSCRIPTION_AUTO_CAF";

/// What the monthly feed says.
fn told<T>(value: T, on: Date) -> Known<T> {
    Known::of(value, Source::BeneficiaryFeed, on)
}

impl Gathered<'_> {
    fn facts(&self, card: &Card, day: Date) -> Facts {
        let mut facts = Facts::default();
        if let Some(membership) = self.membership {
            let on = membership.valid.from;
            facts.birth = told(
                Birth {
                    date: card.birth_date,
                    precision: match card.birth_date_precision {
                        Precision::Full => BirthPrecision::Full,
                        Precision::DayUnknown => BirthPrecision::DayUnknown,
                        Precision::DayAndMonthUnknown => BirthPrecision::DayAndMonthUnknown,
                    },
                },
                on,
            );
            if let Some(role) = RsaRole::from_code(&membership.value.role) {
                facts.role = told(role, on);
            }
            if let Some(obligations) = membership.value.obligations {
                facts.obligations = told(obligations, on);
            }
        }
        if let Some(right) = self.right {
            let on = right.valid.from;
            if let Some(status) = right.value.status.chars().next() {
                facts.right_status = told(status, on);
            }
            if !right.value.natures.0.is_empty() {
                let increased = right.value.natures.0.iter().any(|nature| {
                    Nature::from_code(&nature.nature) == Nature::Increased
                        && nature.since <= day
                        && nature.until.is_none_or(|until| until >= day)
                });
                facts.increased_rsa = told(increased, on);
            }
            let earlier = self.rights.iter().any(|fact| fact.valid.from < on && !fact.value.is_open())
                && self.rights.first().is_some_and(|first| first.value.is_open());
            facts.earlier_spell = told(earlier, on);
        }
        if let Some(family) = self.family {
            let on = family.valid.from;
            if let Some(situation) = FamilySituation::from_code(&family.value.situation) {
                facts.family_situation = told(situation, on);
            }
            if let Some(dependants) = family.value.dependants {
                facts.children = told(u8::try_from(dependants).unwrap_or(u8::MAX), on);
            }
            facts.without_fixed_home = told(family.value.without_fixed_home, on);
            if !family.value.without_fixed_home {
                // Whoever has a home is domiciled at no association; of the others only somebody can tell.
                facts.domiciled_at = told(None, on);
            }
        }
        self.answers(&mut facts, day);
        self.france_travail(&mut facts, day);
        facts
    }

    /// The questionnaire of the claim.
    fn answers(&self, facts: &mut Facts, day: Date) {
        let Some(answers) = self.inputs.answers(day) else { return };
        let on = self
            .inputs
            .questionnaires
            .iter()
            .rev()
            .find(|fact| fact.valid.from <= day)
            .map_or(day, |fact| fact.valid.from);
        let text = |code: &str| -> Known<String> {
            if code.is_empty() { Known::unknown() } else { Known::of(code.to_owned(), Source::Questionnaire, on) }
        };
        facts.housing = text(&answers.housing);
        facts.work_history = text(&answers.work_history);
        facts.education = text(&answers.education);
        facts.mobility = text(&answers.mobility);
        if let Some(difficulties) = answers.social_difficulties {
            facts.social_difficulties = Known::of(difficulties.0, Source::Questionnaire, on);
        }
        if let Some(availability) = answers.availability {
            facts.availability = Known::of(availability.0, Source::Questionnaire, on);
        }
        if let Some(quick) = answers.quick_return {
            facts.quick_return = Known::of(quick, Source::Questionnaire, on);
        }
    }

    /// Since 2025 a claim registers by itself; France Travail says so with its recommendation.
    fn is_automatic(&self, registration: &Fact<inputs::JobseekerRegistration>) -> bool {
        let mut told = self.inputs.recommendations.iter().filter(|fact| registration.valid.contains(fact.valid.from));
        told.any(|fact| fact.value.origin == AUTOMATIC_REGISTRATION)
    }

    /// Registrations and recommendation. Nothing at all received of somebody leaves both unknown.
    fn france_travail(&self, facts: &mut Facts, day: Date) {
        let known: Vec<&Fact<inputs::JobseekerRegistration>> =
            self.inputs.registrations.iter().filter(|fact| fact.valid.from <= day).collect();
        if let Some(last) = known.last() {
            let registrations = known
                .iter()
                .map(|fact| Registration {
                    registered_on: fact.value.registered_on,
                    ended_on: fact.valid.to,
                    automatic: self.is_automatic(fact),
                })
                .collect();
            facts.registrations = Known::of(registrations, Source::FranceTravailFile, last.valid.from);
        }
        let Some(recommendation) = self.inputs.recommendation(day) else { return };
        let (on, source) = (recommendation.valid.from, Source::FranceTravailRecommendation);
        if let Some(path) = WirePath::from_code(&recommendation.value.path) {
            facts.recommendation = Known::of(Some(path), source, on);
        }
        let constraints = &recommendation.value.constraints.0;
        let impact = |name: &str| -> Known<Impact> {
            constraints
                .get(name)
                .and_then(|code| impact_of(code))
                .map_or_else(Known::unknown, |impact| Known::of(impact, source, on))
        };
        facts.constraints.health = impact("sante");
        facts.constraints.housing = impact("logement");
        facts.constraints.mobility = impact("mobilite");
        facts.constraints.child_care = impact("garde_enfant");
        facts.constraints.caring = impact("aide_proche");
        facts.constraints.others = impact("autres");
        let criteria = &recommendation.value.criteria.0;
        if let Some(employment) = criteria.get("situation_professionnelle").and_then(|code| Employment::from_code(code))
        {
            facts.employment = Known::of(employment, source, on);
        }
        if let Some(ability) = criteria.get("projet_pro").and_then(|code| ProjectAbility::from_code(code)) {
            facts.project_ability = Known::of(ability, source, on);
        }
    }
}
