use std::collections::BTreeSet;

use base::{Date, Id, Instant};
use db::Json;
use platform::{Account, Organisation, Structure, Tenant};
use serde::{Deserialize, Serialize};

/// Label of the identifiers of referentials.
pub enum Referential {}

/// What a title asks for, in one version. Items marked `to_verify` were not read in the official text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Title {
    /// Number in the national register: `RNCP37274`.
    pub code: String,
    /// Tells versions of one registration apart: `2023`.
    pub version: String,
    pub name: String,
    /// Of the national framework, 3 to 8.
    pub level: u8,
    pub valid_from: Date,
    /// Last day of the registration.
    pub last_day: Date,
    /// Where all this was read.
    pub source: String,
    /// Header fields not read in the official text: `name`, `level`, `validity`.
    pub header_to_verify: BTreeSet<String>,
    pub activities: Vec<Activity>,
    pub evaluations: Vec<Evaluation>,
}

/// A kind of activity (activité-type), certified by its own block (CCP).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Activity {
    pub code: String,
    pub name: String,
    pub to_verify: bool,
    pub competences: Vec<Competence>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Competence {
    pub code: String,
    pub name: String,
    /// Another wording met elsewhere; empty when there is none.
    pub variant: String,
    pub to_verify: bool,
}

/// One part of the examination.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Evaluation {
    pub code: String,
    pub name: String,
    /// `None` while nobody has read it in the official text.
    pub minutes: Option<u16>,
    /// Activities it is about; all of them when empty.
    pub activities: Vec<String>,
    pub to_verify: bool,
}

/// Something of a title that is confirmed or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// `level`, `CCP1`, `C12`, `MSP`.
    pub code: String,
    pub label: String,
    pub to_verify: bool,
}

/// Items of the header, by code and French name.
pub const HEADER: [(&str, &str); 3] =
    [("name", "Intitulé"), ("level", "Niveau"), ("validity", "Période d’enregistrement")];

impl Title {
    /// Every item, header first.
    pub fn items(&self) -> Vec<Item> {
        let header = HEADER.iter().map(|(code, label)| Item {
            code: (*code).to_owned(),
            label: (*label).to_owned(),
            to_verify: self.header_to_verify.contains(*code),
        });
        let activities = self.activities.iter().flat_map(|activity| {
            let own = Item { code: activity.code.clone(), label: activity.name.clone(), to_verify: activity.to_verify };
            let competences = activity.competences.iter().map(|competence| Item {
                code: competence.code.clone(),
                label: competence.name.clone(),
                to_verify: competence.to_verify,
            });
            std::iter::once(own).chain(competences)
        });
        let evaluations = self.evaluations.iter().map(|evaluation| Item {
            code: evaluation.code.clone(),
            label: evaluation.name.clone(),
            to_verify: evaluation.to_verify,
        });
        header.chain(activities).chain(evaluations).collect()
    }

    pub fn competences(&self) -> impl Iterator<Item = &Competence> {
        self.activities.iter().flat_map(|activity| &activity.competences)
    }

    pub fn is_registered_on(&self, day: Date) -> bool {
        (self.valid_from..=self.last_day).contains(&day)
    }

    /// Items not yet confirmed, among those a document rests on; all of the title’s when `needed` is empty. A document
    /// may be official only when there is none.
    pub fn unverified(&self, confirmed: &BTreeSet<String>, needed: &[String]) -> Vec<Item> {
        let mut items = self.items();
        items.retain(|item| {
            item.to_verify && !confirmed.contains(&item.code) && (needed.is_empty() || needed.contains(&item.code))
        });
        items
    }
}

db::record! {
    /// A version of a title, as a school loaded it.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Loaded in "referential" {
        pub id: Id<Referential>,
        pub tenant: Id<Tenant>,
        pub organisation: Id<Organisation>,
        pub code: String,
        pub version: String,
        pub content: Json<Title>,
        /// Of the file, in hexadecimal.
        pub sha256: String,
        pub file_name: String,
        pub loaded_at: Instant,
        pub loaded_by: Option<Id<Account>>,
    }
}

facts::kind! {
    /// Somebody read an item in the official text and says that it is right.
    pub struct ItemConfirmation in "item_confirmation" about referential: Referential, slot (item) {
        pub item: String,
        /// First and last name of whoever confirms.
        pub confirmed_by: String,
        /// The text in which it was read.
        pub source_text: String,
    }
}

db::codes! {
    /// What a school is allowed to.
    pub enum AccreditationKind {
        /// To prepare to a title (habilitation, C. trav., art. R6113-16).
        Preparation = "preparation",
        /// To hold its examinations (agrément).
        Examination = "examination",
        /// Certification of quality (C. trav., art. L6316-1); of no title.
        Quality = "quality",
    }
}

impl AccreditationKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Preparation => "Habilitation à préparer",
            Self::Examination => "Agrément pour les sessions d’examen",
            Self::Quality => "Certification qualité",
        }
    }
}

facts::kind! {
    /// An accreditation, per title and site; the valid time is its own.
    pub struct Accreditation in "accreditation" about organisation: Organisation, slot (kind, title, site) {
        pub kind: AccreditationKind,
        /// Code of the title; empty for quality.
        pub title: String,
        pub site: Option<Id<Structure>>,
        /// Reference of the decision.
        pub number: String,
    }
}
