//! Documents of the school, as pure functions: plain data in, a [`print::Document`] out.
//!
//! What rests on something that nobody has confirmed is a draft: it says so on every page and lists what is missing
//! ([`Reserves`]). Whoever confirms the last item gets the official document, by the same function.

mod admission;
mod convention;
mod precheck;
mod timetable;

use base::Date;
use print::{Block, Document, Text};

pub use admission::{AdmissionDecision, AdmissionLetter};
pub use convention::{HostingConvention, Stay, Tutor};
pub use precheck::PreCheckSheet;
pub use timetable::{Slot, TimetableDay, TimetableSheet, TimetableWeek};

/// What stands across the pages of a draft.
const DRAFT: &str = "Projet – non officiel";

/// An organisation or a person as a contract names it; what is not known is left to be completed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Party {
    pub name: String,
    /// As printed, digits in groups.
    pub siret: Option<String>,
    pub address: Option<String>,
    pub represented_by: Option<String>,
}

impl Party {
    fn described(&self) -> Text {
        let mut text = Text::new().bold(self.name.as_str());
        let lines = [
            self.siret.as_ref().map(|siret| format!("SIRET {siret}")),
            self.address.clone(),
            self.represented_by.as_ref().map(|name| format!("Représentant\u{a0}: {name}")),
        ];
        for line in lines.into_iter().flatten() {
            text = text.plain(format!("\n{line}"));
        }
        text
    }
}

/// What keeps a document from being official: items of the referential that nobody confirmed, and what is not filled in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reserves {
    /// Each in one sentence, without its full stop: « durée de la mise en situation professionnelle ».
    pub to_verify: Vec<String>,
    pub to_complete: Vec<String>,
}

impl Reserves {
    pub fn is_official(&self) -> bool {
        self.to_verify.is_empty() && self.to_complete.is_empty()
    }

    /// A value, or what is to be written in its place.
    fn or_to_complete(&mut self, item: &str, value: Option<&str>) -> Text {
        match value.map(str::trim).filter(|value| !value.is_empty()) {
            Some(value) => value.into(),
            None => {
                self.to_complete.push(item.to_owned());
                Text::new().bold("À compléter")
            }
        }
    }

    /// The document, marked as a draft when something is missing: across the pages, and in the text for those who
    /// listen.
    fn mark(&self, document: Document) -> Document {
        if self.is_official() { document } else { document.watermark(DRAFT) }
    }

    /// What is missing, to be placed under the title.
    fn notice(&self) -> Option<Block> {
        if self.is_official() {
            return None;
        }
        let mut text = Text::new().bold(format!("{DRAFT}.")).plain(" Ce document ne peut pas être délivré tel quel.");
        for (what, items) in [("À vérifier", &self.to_verify), ("À compléter", &self.to_complete)] {
            if !items.is_empty() {
                text = text.plain(format!("\n{what}\u{a0}: {}.", items.join("\u{202f}; ")));
            }
        }
        Some(Block::notice(text))
    }
}

/// The date a document is established, and who issues it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issue {
    pub issuer: String,
    pub day: Date,
    /// What tells this copy from others.
    pub reference: String,
}

impl Issue {
    fn document(&self, title: &str, reserves: &Reserves) -> Document {
        let document = Document::new(title, self.issuer.as_str(), self.day).reference(self.reference.as_str());
        reserves.mark(document).blocks(reserves.notice())
    }
}
