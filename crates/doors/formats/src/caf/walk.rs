//! One part of the file (header, household or footer) checked against the table while it feeds a draft.

use memchr::{memchr, memchr3};
use quick_xml::Reader as XmlReader;
use quick_xml::errors::{Error as XmlError, IllFormedError};
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::draft::Draft;
use super::schema::{Content, Element, Kept};
use super::value::{self, is_blank};

/// Why a part is not valid. `offset` is the byte of the part where it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) offset: usize,
    /// Names from the part down, with the rank of an element that may come several times: `Personne[2]/DTNAI`.
    pub(super) path: String,
    /// In French.
    pub(super) message: String,
}

/// Why a part is not even XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broken {
    /// The part ends in the middle of something: what was taken for its end was inside a comment, a CDATA section or
    /// a nested element.
    Incomplete,
    /// At this byte, for this reason (in French).
    IllFormed { offset: usize, reason: String },
}

/// What stops the reading of a part.
enum Stop {
    Fault(Fault),
    Broken(Broken),
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

#[derive(Debug)]
struct Frame {
    element: &'static Element,
    /// Rank among the elements of the same name.
    rank: u16,
    /// Where we are in its children, and how many times the current one was seen.
    position: usize,
    seen: u16,
}

/// Reads parts one after the other, keeping its buffers.
#[derive(Debug, Default)]
pub(super) struct Walker {
    frames: Vec<Frame>,
    /// The text of a value made of several pieces (references, CDATA, comments in the middle).
    pieces: String,
}

impl Walker {
    /// Reads `text`, which is one `part` and nothing else. Even when it is not valid, it must be well formed.
    pub(super) fn walk(
        &mut self,
        part: &'static Element,
        text: &str,
        draft: &mut Draft,
    ) -> Result<Result<(), Fault>, Broken> {
        self.frames.clear();
        if self.read_plain(part, text, draft).is_some() {
            return Ok(Ok(()));
        }
        self.frames.clear();
        draft.clear();
        match self.read(part, text, draft) {
            Ok(()) => Ok(Ok(())),
            Err(Stop::Broken(broken)) => Err(broken),
            Err(Stop::Fault(fault)) => check_well_formed(text).map(|()| Err(fault)),
        }
    }

    /// Reads a part that is valid and written as almost all are: tags, values and blanks, nothing else. `None` for
    /// any other, which is read again event by event, to know what it says or what is wrong.
    fn read_plain(&mut self, part: &'static Element, text: &str, draft: &mut Draft) -> Option<()> {
        let bytes = text.as_bytes();
        let mut place_reached = 0;
        loop {
            place_reached += bytes[place_reached..].iter().position(|byte| !is_blank(*byte))?;
            let tag = text.get(place_reached..)?.strip_prefix('<')?;
            if let Some(closing) = tag.strip_prefix('/') {
                let name = self.frames.last()?.element.name;
                closing.strip_prefix(name)?.strip_prefix('>')?;
                self.close(place_reached, draft).ok()?;
                if self.frames.is_empty() {
                    return Some(());
                }
                place_reached += name.len() + "</>".len();
                continue;
            }
            let end = memchr(b'>', tag.as_bytes())?;
            let (name, is_empty) = tag[..end].strip_suffix('/').map_or((&tag[..end], false), |name| (name, true));
            // A name with a blank, an attribute, a comment…: no element is called so.
            let (element, rank) = match self.frames.last_mut() {
                None => (part.name == name).then_some((part, 1))?,
                Some(parent) => place(parent, name).ok()?,
            };
            self.frames.push(Frame { element, rank, position: 0, seen: 0 });
            let is_value = !matches!(element.content, Content::Block(_));
            if is_empty {
                if is_value {
                    self.check(element, place_reached, "", draft).ok()?;
                }
                self.close(place_reached, draft).ok()?;
                if self.frames.is_empty() {
                    return Some(());
                }
            }
            place_reached += end + "<>".len();
            if is_empty || !is_value {
                continue;
            }
            let rest = &text[place_reached..];
            let length = memchr3(b'<', b'&', b'\r', rest.as_bytes())?;
            rest[length..].strip_prefix("</")?.strip_prefix(element.name)?.strip_prefix('>')?;
            self.check(element, place_reached, &rest[..length], draft).ok()?;
            self.frames.pop();
            place_reached += length + element.name.len() + "</>".len();
        }
    }

    fn read(&mut self, part: &'static Element, text: &str, draft: &mut Draft) -> Result<(), Stop> {
        let mut reader = XmlReader::from_str(text);
        loop {
            let offset = position(&reader);
            match reader.read_event().map_err(|error| broken(offset, &error))? {
                Event::Start(tag) => {
                    let element = self.open(part, offset, &tag)?;
                    if !matches!(element.content, Content::Block(_)) {
                        self.read_value(element, offset, text, &mut reader, draft)?;
                    }
                }
                Event::Empty(tag) => {
                    let element = self.open(part, offset, &tag)?;
                    if !matches!(element.content, Content::Block(_)) {
                        self.check(element, offset, "", draft)?;
                    }
                    self.close(offset, draft)?;
                    if self.frames.is_empty() {
                        return Ok(());
                    }
                }
                Event::End(_) => {
                    self.close(offset, draft)?;
                    if self.frames.is_empty() {
                        return Ok(());
                    }
                }
                Event::Text(content) => {
                    if let Some(stray) = content.bytes().position(|byte| !is_blank(byte)) {
                        return Err(self.fault(offset + stray, stray_text()));
                    }
                }
                Event::CData(_) | Event::GeneralRef(_) => return Err(self.fault(offset, stray_text())),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Decl(_) | Event::DocType(_) => return Err(misplaced_declaration(offset).into()),
                Event::Eof => return Err(Broken::Incomplete.into()),
            }
        }
    }

    /// Enters an element if the table allows it here.
    fn open(&mut self, part: &'static Element, offset: usize, tag: &BytesStart<'_>) -> Result<&'static Element, Stop> {
        let name = tag.name().0;
        let placed = match self.frames.last_mut() {
            None => Ok((part, 1)),
            Some(parent) => place(parent, name),
        };
        let (element, rank) = placed.map_err(|message| self.fault_in(offset, name, message))?;
        self.frames.push(Frame { element, rank, position: 0, seen: 0 });
        if !tag.attributes_raw().is_empty() {
            for attribute in tag.attributes() {
                let attribute = attribute.map_err(|_| Broken::IllFormed {
                    offset,
                    reason: format!("attribut mal écrit dans la balise « {name} »"),
                })?;
                let key = attribute.key.0;
                if !is_neutral_attribute(key) {
                    let message = format!("attribut « {key} » inattendu : le format n’en prévoit aucun, le retirer");
                    return Err(self.fault(offset, message));
                }
            }
        }
        Ok(element)
    }

    /// Reads the text of a value up to its closing tag.
    fn read_value<'a>(
        &mut self,
        element: &'static Element,
        start: usize,
        source: &'a str,
        reader: &mut XmlReader<&'a [u8]>,
        draft: &mut Draft,
    ) -> Result<(), Stop> {
        self.pieces.clear();
        // Most values are one piece of plain text: it is then used where it lies.
        let mut plain = "";
        let mut in_pieces = false;
        loop {
            let offset = position(reader);
            match reader.read_event().map_err(|error| broken(offset, &error))? {
                Event::Text(content) => {
                    let raw = &source[offset..position(reader)];
                    if !in_pieces && plain.is_empty() && !raw.contains('\r') {
                        plain = raw;
                        continue;
                    }
                    self.pieces.push_str(std::mem::take(&mut plain));
                    self.pieces.push_str(&content.xml10_content());
                }
                Event::CData(content) => {
                    self.pieces.push_str(std::mem::take(&mut plain));
                    self.pieces.push_str(&content.xml10_content());
                }
                Event::GeneralRef(reference) => {
                    self.pieces.push_str(std::mem::take(&mut plain));
                    self.pieces.push(resolve(offset, &reference)?);
                }
                Event::End(_) => {
                    let pieces = std::mem::take(&mut self.pieces);
                    let checked = self.check(element, start, if in_pieces { &pieces } else { plain }, draft);
                    self.pieces = pieces;
                    self.frames.pop();
                    return checked;
                }
                Event::Start(tag) | Event::Empty(tag) => {
                    let message = format!("« {} » est une valeur : il ne contient pas d’autre élément", element.name);
                    return Err(self.fault_in(offset, tag.name().0, message));
                }
                Event::Comment(_) | Event::PI(_) => continue,
                Event::Decl(_) | Event::DocType(_) => return Err(misplaced_declaration(offset).into()),
                Event::Eof => return Err(Broken::Incomplete.into()),
            }
            in_pieces = true;
        }
    }

    /// Checks a value and keeps it if the product needs it.
    fn check(&self, element: &'static Element, offset: usize, text: &str, draft: &mut Draft) -> Result<(), Stop> {
        let checked = value::check(element.content, text).and_then(|value| match element.kept {
            Some(kept) => draft.keep(kept, value),
            None => Ok(()),
        });
        checked.map_err(|misfit| {
            // What is dropped (health, resources…) and the NIR are not quoted either.
            let quoted = match element.kept {
                Some(kept) if !matches!(kept, Kept::Nir | Kept::LinkNir | Kept::ActivityCode) && !text.is_empty() => {
                    format!("« {text} » : ")
                }
                _ if text.is_empty() => "vide : ".to_owned(),
                _ => String::new(),
            };
            self.fault(offset, quoted + &misfit.explain())
        })
    }

    /// Leaves a block: everything it must hold has been seen, and the draft makes its part of the model.
    fn close(&mut self, offset: usize, draft: &mut Draft) -> Result<(), Stop> {
        let Some(frame) = self.frames.last() else {
            return Err(Broken::Incomplete.into());
        };
        let element = frame.element;
        let mut seen = frame.seen;
        for child in element.children().get(frame.position..).unwrap_or_default() {
            if seen < child.min {
                let message = missing(child, seen, &format!("avant la fin de « {} »", element.name));
                return Err(self.fault(offset, message));
            }
            seen = 0;
        }
        if let Some(built) = element.builds
            && draft.close(built).is_none()
        {
            return Err(self.fault(offset, format!("« {} » est incomplet", element.name)));
        }
        self.frames.pop();
        Ok(())
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for frame in self.frames.iter().skip(1) {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(frame.element.name);
            if frame.element.max > 1 {
                path.push_str(&format!("[{}]", frame.rank));
            }
        }
        path
    }

    fn fault(&self, offset: usize, message: String) -> Stop {
        let path = self.path();
        let path =
            if path.is_empty() { self.frames.first().map_or("", |frame| frame.element.name).to_owned() } else { path };
        Stop::Fault(Fault { offset, path, message })
    }

    /// A fault on an element that could not be entered.
    fn fault_in(&self, offset: usize, name: &str, message: String) -> Stop {
        let mut path = self.path();
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(name);
        Stop::Fault(Fault { offset, path, message })
    }
}

/// Finds the place of an element in the strict order of its parent.
fn place(parent: &mut Frame, name: &str) -> Result<(&'static Element, u16), String> {
    let children = parent.element.children();
    loop {
        let Some(child) = children.get(parent.position) else {
            return Err(misplaced(parent.element, name));
        };
        if child.name == name {
            if parent.seen == child.max {
                return Err(format!("« {name} » de trop : {} au plus dans « {} »", child.max, parent.element.name));
            }
            parent.seen = parent.seen.saturating_add(1).min(child.max);
            return Ok((child, parent.seen));
        }
        if parent.seen < child.min {
            return Err(if children.iter().any(|other| other.name == name) {
                missing(child, parent.seen, &format!("avant « {name} »"))
            } else {
                unknown(parent.element, name)
            });
        }
        parent.position += 1;
        parent.seen = 0;
    }
}

fn misplaced(parent: &Element, name: &str) -> String {
    if parent.children().iter().any(|child| child.name == name) {
        format!("« {name} » n’est pas à sa place dans « {} » : l’ordre des éléments est imposé", parent.name)
    } else {
        unknown(parent, name)
    }
}

fn unknown(parent: &Element, name: &str) -> String {
    format!("élément « {name} » inconnu dans « {} » : le retirer, ou vérifier la version du format", parent.name)
}

fn missing(child: &Element, seen: u16, place: &str) -> String {
    if child.min > 1 {
        format!("{} « {} » attendus {place}, {seen} reçu", child.min, child.name)
    } else {
        format!("il manque « {} » {place}", child.name)
    }
}

fn stray_text() -> String {
    "texte inattendu entre deux éléments : le retirer".to_owned()
}

fn misplaced_declaration(offset: usize) -> Broken {
    Broken::IllFormed { offset, reason: "déclaration XML ou DOCTYPE au milieu du fichier".to_owned() }
}

/// Attributes that any document may carry without changing what it says.
pub(super) fn is_neutral_attribute(name: &str) -> bool {
    matches!(name, "xsi:noNamespaceSchemaLocation" | "xsi:schemaLocation") || name.starts_with("xmlns:")
}

/// The character behind a reference: a number or one of the five names of XML.
fn resolve(offset: usize, reference: &BytesRef<'_>) -> Result<char, Broken> {
    let ill_formed = || Broken::IllFormed {
        offset,
        reason: format!("référence « &{}; » inconnue : écrire « & » sous la forme « &amp; »", &**reference),
    };
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Ok(character),
        Ok(None) => resolve_xml_entity(reference).and_then(|text| text.chars().next()).ok_or_else(ill_formed),
        Err(_) => Err(ill_formed()),
    }
}

/// Where the next event begins.
fn position(reader: &XmlReader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).expect("a position in a slice fits in usize")
}

fn broken(offset: usize, error: &XmlError) -> Broken {
    let reason = match error {
        // The part stops in the middle of a tag, a comment…
        XmlError::Syntax(_) => return Broken::Incomplete,
        XmlError::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            format!("balise « </{found}> » reçue là où « </{expected}> » était attendue")
        }
        XmlError::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
            format!("balise « </{found}> » sans balise ouvrante")
        }
        XmlError::IllFormed(IllFormedError::UnclosedReference) => {
            "caractère « & » isolé : l’écrire « &amp; »".to_owned()
        }
        _ => "XML mal formé".to_owned(),
    };
    Broken::IllFormed { offset, reason }
}

/// Reads a part that is known not to be valid, to know whether it is XML all the same.
fn check_well_formed(text: &str) -> Result<(), Broken> {
    let mut reader = XmlReader::from_str(text);
    let mut depth = 0usize;
    loop {
        let offset = position(&reader);
        match reader.read_event().map_err(|error| broken(offset, &error))? {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::GeneralRef(reference) => {
                resolve(offset, &reference)?;
            }
            Event::Decl(_) | Event::DocType(_) => return Err(misplaced_declaration(offset)),
            Event::Eof if depth > 0 => return Err(Broken::Incomplete),
            Event::Eof => return Ok(()),
            Event::Empty(_) | Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
}
