//! The streaming reader: one household at a time, each with its line.

use std::io::{self, Read, Seek};

use quick_xml::Reader as XmlReader;
use quick_xml::events::Event;
use serde::Serialize;

use super::draft::Draft;
use super::model::{Footer, Header, Household};
use super::refusal::{HouseholdError, Position, Reason, Refusal};
use super::schema::{self, Element, FOOTER, HEADER, HOUSEHOLD, ROOT};
use super::split::{Splitter, count_lines};
use super::value::is_blank;
use super::walk::{Broken, Fault, Walker, is_neutral_attribute};
use super::warning::Warning;

/// How many times a part may prove longer than it looked (a closing tag inside a comment) before it is called broken.
const MAX_EXTENSIONS: usize = 64;

/// A valid household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HouseholdRecord {
    pub position: Position,
    pub household: Household,
    pub warnings: Vec<Warning>,
}

/// What comes for each household of the file.
pub type Entry = Result<HouseholdRecord, Box<HouseholdError>>;

/// Reads a beneficiary feed from any source of bytes; the memory used does not depend on the size of the file.
///
/// Only a file that is not XML, or whose root, header or footer is wrong, stops the reading; a household that does
/// not follow the schema comes out as an error and the next one follows.
#[derive(Debug)]
pub struct Reader<R> {
    splitter: Splitter<R>,
    walker: Walker,
    draft: Draft,
    header: Header,
    footer: Option<Footer>,
    /// Of the next household.
    index: u64,
}

/// A fault, with its line.
struct Placed {
    line: u64,
    fault: Fault,
    claim_number: Option<String>,
}

impl<R: Read> Reader<R> {
    /// Reads up to the header.
    ///
    /// # Errors
    /// The file cannot be read, is not a beneficiary feed, or has no valid header.
    pub fn new(input: R) -> Result<Self, Refusal> {
        let mut splitter = Splitter::new(input);
        open_document(&mut splitter)?;
        let mut walker = Walker::default();
        let mut draft = Draft::default();
        let header_part = schema::part(HEADER);
        if !splitter.skip_between()? {
            return Err(truncated(&splitter, 0));
        }
        if !splitter.opens(header_part.name)? {
            let found = tag_name(&mut splitter, 0)?;
            return Err(Refusal::at(splitter.line, Reason::HeaderMissing(found)));
        }
        let header_line = splitter.line;
        let read = read_part(&mut splitter, &mut walker, &mut draft, header_part, 0)?;
        if let Err(Placed { line, fault, .. }) = read {
            return Err(Refusal::at(line, Reason::Header { path: fault.path, message: fault.message }));
        }
        let header = draft.take_header().ok_or_else(|| {
            let message = "valeur manquante".to_owned();
            Refusal::at(header_line, Reason::Header { path: header_part.name.to_owned(), message })
        })?;
        Ok(Self { splitter, walker, draft, header, footer: None, index: 0 })
    }

    /// What the sender says of the file.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The totals; known once every household has been read.
    pub fn footer(&self) -> Option<&Footer> {
        self.footer.as_ref()
    }

    /// How many bytes had no character and were replaced so far.
    pub fn replaced_characters(&self) -> u64 {
        self.splitter.text.replaced
    }

    /// The place reached: what an interrupted import stores to go on with [`Reader::resume_at`], and what a progress
    /// bar shows.
    pub fn position(&self) -> Position {
        Position { index: self.index, line: self.splitter.line, offset: self.splitter.offset }
    }

    /// The next household, or `None` once the footer is read and the document closed.
    ///
    /// # Errors
    /// The file stops being a beneficiary feed here: nothing more can be read from it.
    pub fn next_household(&mut self) -> Result<Option<Entry>, Refusal> {
        let Some(position) = self.find_household()? else {
            return Ok(None);
        };
        let part = schema::part(HOUSEHOLD);
        let read = read_part(&mut self.splitter, &mut self.walker, &mut self.draft, part, self.index)?;
        self.index += 1;
        let placed = match read {
            Ok(()) => match self.draft.take_household() {
                Some(household) => {
                    let warnings = self.draft.warnings.take();
                    return Ok(Some(Ok(HouseholdRecord { position, household, warnings })));
                }
                None => Placed {
                    line: position.line,
                    fault: Fault { offset: 0, path: part.name.to_owned(), message: "foyer vide".to_owned() },
                    claim_number: None,
                },
            },
            Err(placed) => placed,
        };
        self.draft.clear();
        Ok(Some(Err(Box::new(HouseholdError {
            position,
            line: placed.line,
            claim_number: placed.claim_number,
            path: placed.fault.path,
            message: placed.fault.message,
        }))))
    }

    /// Goes to the next household; reads the footer and the end of the document if there is none.
    fn find_household(&mut self) -> Result<Option<Position>, Refusal> {
        if self.footer.is_some() {
            return Ok(None);
        }
        if !self.splitter.skip_between()? {
            return Err(truncated(&self.splitter, self.index));
        }
        let Splitter { line, offset, .. } = self.splitter;
        if self.splitter.opens(schema::part(HOUSEHOLD).name)? {
            return Ok(Some(Position { index: self.index, line, offset }));
        }
        let footer = schema::part(FOOTER);
        if !self.splitter.opens(footer.name)? {
            let name = tag_name(&mut self.splitter, self.index)?;
            return Err(Refusal::at(
                line,
                if name.strip_prefix('/') == Some(ROOT.name) {
                    Reason::FooterMissing
                } else {
                    Reason::UnexpectedElement(name)
                },
            ));
        }
        let read = read_part(&mut self.splitter, &mut self.walker, &mut self.draft, footer, self.index)?;
        if let Err(Placed { line, fault, .. }) = read {
            return Err(Refusal::at(line, Reason::Footer { path: fault.path, message: fault.message }));
        }
        let totals = self.draft.take_footer().ok_or_else(|| {
            let message = "total négatif".to_owned();
            Refusal::at(line, Reason::Footer { path: footer.name.to_owned(), message })
        })?;
        self.close_document()?;
        self.footer = Some(totals);
        Ok(None)
    }

    fn close_document(&mut self) -> Result<(), Refusal> {
        if !self.splitter.skip_between()? {
            return Err(truncated(&self.splitter, self.index));
        }
        let name = tag_name(&mut self.splitter, self.index)?;
        if name.strip_prefix('/') != Some(ROOT.name) {
            return Err(Refusal::at(self.splitter.line, Reason::UnexpectedElement(name)));
        }
        match self.splitter.find(b">", 0)? {
            Some(end) => self.splitter.advance(end),
            None => return Err(truncated(&self.splitter, self.index)),
        }
        if self.splitter.skip_between()? {
            let reason = Reason::UnexpectedContent("après la fin du document : à retirer");
            return Err(Refusal::at(self.splitter.line, reason));
        }
        Ok(())
    }
}

impl<R: Read + Seek> Reader<R> {
    /// Goes on from a place reached in an earlier reading of the same file, or from a household met there.
    ///
    /// # Errors
    /// The source cannot be moved to this place.
    pub fn resume_at(&mut self, position: Position) -> io::Result<()> {
        self.splitter.jump(position.offset, position.line)?;
        self.index = position.index;
        self.footer = None;
        Ok(())
    }
}

/// Reads the XML declaration and the tag of the root.
fn open_document<R: Read>(splitter: &mut Splitter<R>) -> Result<(), Refusal> {
    let rest = splitter.look_ahead(64)?;
    if rest.is_empty() {
        return Err(Refusal::whole(Reason::Empty));
    }
    if rest.starts_with(&[0xFE, 0xFF]) || rest.starts_with(&[0xFF, 0xFE]) {
        return Err(Refusal::at(1, Reason::Encoding("UTF-16".to_owned())));
    }
    if rest.starts_with(&[0xEF, 0xBB, 0xBF]) {
        splitter.advance(3);
    }
    if splitter.rest().starts_with(b"<?xml") {
        let end = splitter.find(b"?>", 0)?.ok_or_else(|| Refusal::at(1, Reason::NotXml))?;
        let declaration = String::from_utf8_lossy(&splitter.rest()[..end]).into_owned();
        if let Ok(Event::Decl(declaration)) = XmlReader::from_str(&declaration).read_event()
            && let Some(Ok(label)) = declaration.encoding()
        {
            splitter.text.set(&label)?;
        }
        splitter.advance(end);
    } else if splitter.rest().iter().find(|byte| !is_blank(**byte)).is_none_or(|byte| *byte != b'<') {
        return Err(Refusal::at(1, Reason::NotXml));
    }
    if !splitter.skip_between()? {
        return Err(Refusal::whole(Reason::Empty));
    }
    let line = splitter.line;
    let name = tag_name(splitter, 0)?;
    if name != ROOT.name {
        return Err(Refusal::at(line, Reason::Root(name)));
    }
    let Some(end) = splitter.find(b">", 0)? else {
        return Err(truncated(splitter, 0));
    };
    let tag = String::from_utf8_lossy(&splitter.rest()[..end]).into_owned();
    match XmlReader::from_str(&tag).read_event() {
        Ok(Event::Start(tag)) => {
            for attribute in tag.attributes() {
                let key = attribute.map_err(|_| {
                    Refusal::at(line, Reason::IllFormed("attribut mal écrit dans la balise « Racine »".to_owned()))
                })?;
                if !is_neutral_attribute(key.key.0) {
                    return Err(Refusal::at(
                        line,
                        Reason::UnexpectedContent("dans la balise « Racine » : attribut à retirer"),
                    ));
                }
            }
        }
        Ok(Event::Empty(_)) => return Err(Refusal::at(line, Reason::HeaderMissing("fin du fichier".to_owned()))),
        _ => return Err(Refusal::at(line, Reason::NotXml)),
    }
    splitter.advance(end);
    Ok(())
}

/// The name of the tag ahead, if the file has it whole.
fn tag_name<R: Read>(splitter: &mut Splitter<R>, households: u64) -> Result<String, Refusal> {
    match splitter.find(b">", 0)? {
        Some(_) => Ok(splitter.tag_name()?),
        None => Err(truncated(splitter, households)),
    }
}

/// Reads and consumes the part ahead.
fn read_part<R: Read>(
    splitter: &mut Splitter<R>,
    walker: &mut Walker,
    draft: &mut Draft,
    part: &'static Element,
    households: u64,
) -> Result<Result<(), Placed>, Refusal> {
    let mut length = 0;
    for _ in 0..MAX_EXTENSIONS {
        length = match splitter.element_length(part.name, length)? {
            Some(length) => length,
            None => return Err(truncated(splitter, households)),
        };
        let (bytes, decoder) = splitter.head(length);
        let replaced = decoder.replaced;
        let text = decoder.decode(bytes);
        let outcome = match walker.walk(part, text, draft) {
            Err(Broken::Incomplete) => {
                draft.clear();
                decoder.replaced = replaced;
                continue;
            }
            Err(Broken::IllFormed { offset, reason }) => {
                let line = lines_before(text, offset);
                return Err(Refusal::at(splitter.line + line, Reason::IllFormed(reason)));
            }
            Ok(Ok(())) => Ok(()),
            Ok(Err(fault)) => Err((lines_before(text, fault.offset), claim_number(text), fault)),
        };
        let start = splitter.line;
        splitter.advance(length);
        return Ok(outcome.map_err(|(line, claim_number, fault)| Placed { line: start + line, claim_number, fault }));
    }
    Err(Refusal::at(splitter.line, Reason::IllFormed(format!("balise « {} » jamais fermée", part.name))))
}

/// The line of a byte, from 0.
fn lines_before(text: &str, offset: usize) -> u64 {
    count_lines(&text.as_bytes()[..offset.min(text.len())])
}

/// `NUMDEMRSA` in a household that is not valid, if it can be seen.
fn claim_number(text: &str) -> Option<String> {
    let (_, after) = text.split_once("<NUMDEMRSA>")?;
    let (number, _) = after.split_once('<')?;
    let number = number.trim();
    (!number.is_empty() && number.len() <= 11).then(|| number.to_owned())
}

/// The file ends in the middle of a part: says at which line.
fn truncated<R: Read>(splitter: &Splitter<R>, households: u64) -> Refusal {
    let last = splitter.line + count_lines(splitter.rest());
    Refusal::at(last, Reason::Truncated { households })
}
