use std::collections::HashMap;

use base::{Date, Id, Instant};
use facts::{Fact, Import, Kind, Provenance};
use law::orientation::WirePath;
use law::publics::Findings;

use super::{Card, Contact, Identity, Membership, Occupation, Person, Registration};
use crate::feed::FeedFile;
use crate::inputs::{InputSource, JobseekerRegistration, Recommendation, SocioProfessional};
use crate::labels::{self, Sex};
use crate::rights::{Address, Claim, Family, Household, RightState};

/// A person's file as it stood: what was true on a day, as far as was known at a moment.
#[derive(Debug)]
pub struct PersonFile {
    pub person: Id<Person>,
    pub household: Id<Household>,
    pub claim_number: String,
    /// The day looked at…
    pub on: Date,
    /// …with what was known by this moment.
    pub known: Instant,
    pub card: Option<Card>,
    /// Other records decided to be the same person, within the reach of whoever reads.
    pub same_person: Vec<Card>,
    pub identities: Dated<Identity>,
    pub registration: Dated<Registration>,
    pub memberships: Dated<Membership>,
    pub occupations: Dated<Occupation>,
    pub contacts: Dated<Contact>,
    pub claims: Dated<Claim>,
    pub rights: Dated<RightState>,
    pub families: Dated<Family>,
    pub addresses: Dated<Address>,
    pub registrations: Dated<JobseekerRegistration>,
    pub questionnaires: Dated<SocioProfessional>,
    pub recommendations: Dated<Recommendation>,
    pub members: Vec<HouseholdMember>,
    /// `None` when nothing was known of the person's birth.
    pub publics: Option<Findings>,
    /// When the house first learned something of the person, whatever the moment looked at.
    pub first_known: Option<Instant>,
    /// The files that the facts come from.
    pub files: HashMap<Id<Import>, FeedFile>,
    /// The tables that the last three kinds come from.
    pub tables: HashMap<Id<Import>, InputSource>,
    /// The last file that spoke of the household, by what was known.
    pub last_seen: Option<Id<Import>>,
    /// A more recent monthly file is known, and does not speak of the household.
    pub absent_from: Option<Id<Import>>,
    pub timeline: Vec<TimelineEntry>,
}

impl PersonFile {
    /// What words about the person agree with, by the civil status that the page shows.
    pub fn sex(&self) -> Sex {
        let identity = self.identities.latest(self.on).or(self.identities.0.first());
        identity.map_or(Sex::Unknown, |fact| Sex::of(&fact.value.sex))
    }

    /// The same for whoever the family situation is about: the person responsible for the household.
    pub fn sex_of_the_applicant(&self) -> Sex {
        let responsible = |member: &&HouseholdMember| matches!(member.membership.role.as_str(), "DEM" | "RDO");
        let member = self.members.iter().filter(responsible).max_by_key(|member| member.present);
        member.map_or(Sex::Unknown, |member| Sex::of(&member.identity.sex))
    }
}

/// The records of one kind as known at the moment looked at, by start of their period.
#[derive(Clone, Debug)]
pub struct Dated<K: Kind>(pub Vec<Fact<K>>);

impl<K: Kind> Dated<K> {
    /// Keeps of a subject's whole history what stood at the moment `known`.
    pub(super) fn as_known(history: Vec<Fact<K>>, known: Instant) -> Self {
        let mut standing: Vec<Fact<K>> = history
            .into_iter()
            .filter(|fact| fact.recorded_at <= known && fact.replaced_at.is_none_or(|replaced| replaced > known))
            .collect();
        standing.sort_by_key(|fact| (fact.valid.from, fact.id));
        Self(standing)
    }

    /// What held on a day.
    pub fn on(&self, day: Date) -> Option<&Fact<K>> {
        self.0.iter().find(|fact| fact.valid.contains(day))
    }

    /// What held on a day or, failing that, last before it.
    pub fn latest(&self, day: Date) -> Option<&Fact<K>> {
        self.0.iter().rev().find(|fact| fact.valid.from <= day)
    }
}

/// Somebody of the same household.
#[derive(Clone, Debug)]
pub struct HouseholdMember {
    pub person: Id<Person>,
    pub identity: Identity,
    pub membership: Membership,
    pub present: bool,
}

/// A line of the timeline.
#[derive(Clone, Debug)]
pub struct TimelineEntry {
    pub on: Date,
    pub what: String,
    pub recorded_at: Instant,
    pub provenance: Provenance,
}

/// Every fact known at the moment, newest first, in words.
pub(super) fn timeline(file: &PersonFile) -> Vec<TimelineEntry> {
    fn add<K: Kind>(entries: &mut Vec<TimelineEntry>, dated: &Dated<K>, tell: impl Fn(Option<&K>, &K) -> String) {
        let mut previous: Option<&K> = None;
        for fact in &dated.0 {
            let what = tell(previous, &fact.value);
            entries.push(TimelineEntry {
                on: fact.valid.from,
                what,
                recorded_at: fact.recorded_at,
                provenance: fact.provenance,
            });
            previous = Some(&fact.value);
        }
    }
    let mut entries = Vec::new();
    add(&mut entries, &file.claims, |_, claim| {
        format!("Demande de RSA, organisme {}, dossier n° {}", claim.paying_body, claim.public_number())
    });
    add(&mut entries, &file.rights, |_, right| {
        let mut text = format!("Droit\u{a0}: {}", labels::right_status(&right.status).long);
        if let Some(closure) = &right.closure {
            text.push_str(&format!(" ({})", labels::closure_reason(&closure.0.reason).long));
        }
        text
    });
    let (sex, applicant) = (file.sex(), file.sex_of_the_applicant());
    add(&mut entries, &file.families, |_, family| {
        format!("Situation familiale\u{a0}: {}", labels::family_situation(&family.situation, applicant).long)
    });
    add(&mut entries, &file.addresses, |previous, address| {
        let verb = if previous.is_some() { "Nouvelle adresse" } else { "Adresse" };
        format!("{verb}\u{a0}: {} {}", address.postcode, address.commune_name)
    });
    add(&mut entries, &file.identities, |previous, identity| match previous {
        None => format!("État civil\u{a0}: {} {}", identity.usual_name, identity.first_name),
        Some(_) => format!("État civil modifié\u{a0}: {} {}", identity.usual_name, identity.first_name),
    });
    add(&mut entries, &file.memberships, |previous, membership| {
        let obligations = match membership.obligations {
            Some(true) => "soumise aux droits et devoirs",
            Some(false) => "hors droits et devoirs",
            None => "droits et devoirs inconnus",
        };
        let role = labels::role(&membership.role, sex).long;
        if previous.is_some() {
            format!("Place dans le foyer\u{a0}: {role}, personne {obligations}")
        } else {
            format!("Entrée dans le foyer\u{a0}: {role}, personne {obligations}")
        }
    });
    add(&mut entries, &file.registrations, |previous, _| {
        let what = if previous.is_some() {
            "Inscription à France Travail modifiée"
        } else {
            "Inscription à France Travail"
        };
        what.to_owned()
    });
    add(&mut entries, &file.questionnaires, |_, _| "Questionnaire de la demande rempli".to_owned());
    add(&mut entries, &file.recommendations, |_, recommendation| {
        let path = WirePath::from_code(&recommendation.path);
        let path = path.map_or_else(|| recommendation.path.clone(), |path| path.label().to_owned());
        format!("Préconisation de France Travail\u{a0}: {path}")
    });
    add(&mut entries, &file.contacts, |_, _| "Coordonnées renseignées".to_owned());
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.on, entry.recorded_at)));
    entries
}
