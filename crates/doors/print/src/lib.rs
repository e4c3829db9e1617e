//! Printed documents: blocks of text laid out on A4 pages and written as PDF.
//!
//! Every file is tagged for screen readers and meant to be kept: it satisfies PDF/A-2a (archiving) and PDF/UA-1
//! (accessibility), or it is not written at all ([`Error::NotConforming`]). The same document gives the same bytes: what
//! would change from one run to the next (a date) is handed in.
//!
//! This crate knows pages and nothing else. Whoever knows what a convention says makes a [`Document`] of it.
//!
//! ```
//! use print::{Block, Document, Text};
//!
//! let bytes = Document::new("Attestation d’entrée en formation", "École CIP", jiff::civil::date(2026, 11, 22))
//!     .block(Block::section("Personne"))
//!     .block(Text::new().plain("Atteste que ").bold("Inès Morel").plain(" suit la formation."))
//!     .render()?;
//! assert!(bytes.starts_with(b"%PDF-1.7"));
//! # Ok::<(), print::Error>(())
//! ```

mod block;
mod draw;
mod error;
mod font;
mod layout;
mod lines;
mod table;

use jiff::civil::Date;

pub use block::{Align, Block, Column, Signature, Table, Text};
pub use error::Error;

/// Which way the page is turned.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Orientation {
    #[default]
    Portrait,
    Landscape,
}

/// What is printed, before it has pages.
#[derive(Clone, PartialEq, Debug)]
pub struct Document {
    title: String,
    issuer: String,
    day: Date,
    language: String,
    reference: Option<String>,
    watermark: Option<String>,
    orientation: Orientation,
    blocks: Vec<Block>,
}

impl Document {
    /// A document in French. `issuer` is who speaks (it stands above the title); `day` is the day it is established.
    pub fn new(title: impl Into<String>, issuer: impl Into<String>, day: Date) -> Self {
        Self {
            title: title.into(),
            issuer: issuer.into(),
            day,
            language: "fr-FR".to_owned(),
            reference: None,
            watermark: None,
            orientation: Orientation::default(),
            blocks: Vec::new(),
        }
    }

    /// The language of the text (BCP 47), for screen readers.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = language.into();
        self
    }

    /// What tells this copy from others; at the foot of every page.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Words across every page. They are decoration for a screen reader: say the same in a block.
    #[must_use]
    pub fn watermark(mut self, words: impl Into<String>) -> Self {
        self.watermark = Some(words.into());
        self
    }

    #[must_use]
    pub fn landscape(mut self) -> Self {
        self.orientation = Orientation::Landscape;
        self
    }

    #[must_use]
    pub fn block(mut self, block: impl Into<Block>) -> Self {
        self.blocks.push(block.into());
        self
    }

    #[must_use]
    pub fn blocks<B: Into<Block>>(mut self, blocks: impl IntoIterator<Item = B>) -> Self {
        self.blocks.extend(blocks.into_iter().map(Into::into));
        self
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    /// The bytes of the PDF.
    pub fn render(&self) -> Result<Vec<u8>, Error> {
        let fonts = font::Fonts::load();
        let sheet = layout::Layout::of(self, &fonts)?;
        draw::write(self, &fonts, sheet)
    }
}
