//! Where everything stands: blocks become marks on pages, and nodes of the tree that screen readers follow.

use std::num::NonZeroU16;

use krilla::tagging::{ArtifactType, ListNumbering, Tag, TagKind};

use crate::block::{Block, Signature, Text};
use crate::font::Fonts;
use crate::lines::{Line, lines};
use crate::{Document, Error, Orientation};

/// Lengths are in points (1/72 inch), from the top left corner. A4.
const SHORT_SIDE: f32 = 595.28;
const LONG_SIDE: f32 = 841.89;
pub(crate) const MARGIN: f32 = 56.0;
/// Room kept at the bottom for the foot of the page.
const FOOT: f32 = 24.0;
pub(crate) const BODY: Face = Face { size: 10.0, leading: 14.0 };
pub(crate) const SMALL: Face = Face { size: 8.0, leading: 11.0 };
const TITLE: Face = Face { size: 17.0, leading: 22.0 };
const SECTION: Face = Face { size: 13.0, leading: 18.0 };
const SUBSECTION: Face = Face { size: 11.0, leading: 15.0 };
const BLOCK_GAP: f32 = 7.0;
const NOTICE_INSIDE: f32 = 8.0;
const SIGNATURES_A_ROW: usize = 3;
const SIGNATURE_GAP: f32 = 12.0;
const SIGNATURE_ROOM: f32 = 62.0;
/// Shades of grey, from 0 (black) to 255 (white). Text is never lighter than what has a contrast of 7 on white.
pub(crate) const INK: u8 = 0;
pub(crate) const SOFT: u8 = 80;
pub(crate) const HAIRLINE: u8 = 150;
pub(crate) const FRAME: u8 = 100;
pub(crate) const HEADER_FILL: u8 = 235;
const PALE: u8 = 232;

/// A size of type and the distance between its lines.
#[derive(Clone, Copy)]
pub(crate) struct Face {
    pub size: f32,
    pub leading: f32,
}

/// What is drawn.
pub(crate) enum Ink {
    Line {
        line: Line,
        x: f32,
        baseline: f32,
        size: f32,
        grey: u8,
    },
    Rule {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        grey: u8,
    },
    Frame {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
    },
    /// Words across the page, turned by `degrees` around the middle.
    Watermark {
        line: Line,
        size: f32,
        degrees: f32,
        grey: u8,
    },
}

/// What a mark is to a screen reader.
#[derive(Clone, Copy)]
pub(crate) enum Owner {
    Node(usize),
    /// Not part of the text.
    Furniture(ArtifactType),
}

pub(crate) struct Mark {
    pub owner: Owner,
    pub ink: Ink,
}

/// A node of the logical tree. Its own marks are text; a node holds either marks or other nodes.
pub(crate) struct Node {
    pub tag: TagKind,
    pub children: Vec<usize>,
}

pub(crate) struct Heading {
    pub text: String,
    pub level: u16,
    pub page: usize,
    pub y: f32,
}

/// Boxes to sign in, side by side.
struct SignatureRow {
    /// Of one box.
    width: f32,
    height: f32,
    texts: Vec<Vec<Line>>,
}

/// A document laid out.
pub(crate) struct Layout<'a> {
    pub fonts: &'a Fonts,
    pub width: f32,
    pub height: f32,
    pub pages: Vec<Vec<Mark>>,
    pub nodes: Vec<Node>,
    pub roots: Vec<usize>,
    pub headings: Vec<Heading>,
    /// The top of what comes next on the last page.
    pub y: f32,
}

impl<'a> Layout<'a> {
    pub fn of(document: &Document, fonts: &'a Fonts) -> Result<Self, Error> {
        if document.title.trim().is_empty() {
            return Err(Error::NoTitle);
        }
        let (width, height) = match document.orientation {
            Orientation::Portrait => (SHORT_SIDE, LONG_SIDE),
            Orientation::Landscape => (LONG_SIDE, SHORT_SIDE),
        };
        let mut layout = Self {
            fonts,
            width,
            height,
            pages: vec![Vec::new()],
            nodes: Vec::new(),
            roots: Vec::new(),
            headings: Vec::new(),
            y: MARGIN,
        };
        if !document.issuer.trim().is_empty() {
            layout.paragraph(&Text::new().bold(document.issuer.as_str()), BODY, SOFT)?;
        }
        layout.heading(&document.title, 1, TITLE, &document.blocks)?;
        let mut rest = &document.blocks[..];
        while let [block, following @ ..] = rest {
            layout.block(block, following)?;
            rest = following;
        }
        layout.surround(document)?;
        Ok(layout)
    }

    pub fn content_width(&self) -> f32 {
        self.width - 2.0 * MARGIN
    }

    pub fn bottom(&self) -> f32 {
        self.height - MARGIN - FOOT
    }

    /// A new page, unless the last one is still empty.
    pub fn break_page(&mut self) {
        if self.pages.last().is_some_and(|page| !page.is_empty()) {
            self.pages.push(Vec::new());
        }
        self.y = MARGIN;
    }

    /// Goes to the next page when `height` does not fit any more on this one.
    pub fn need(&mut self, height: f32) {
        if self.y + height > self.bottom() {
            self.break_page();
        }
    }

    pub fn node(&mut self, tag: impl Into<TagKind>, parent: Option<usize>) -> usize {
        let node = self.nodes.len();
        self.nodes.push(Node { tag: tag.into(), children: Vec::new() });
        match parent {
            Some(parent) => self.nodes[parent].children.push(node),
            None => self.roots.push(node),
        }
        node
    }

    pub fn mark(&mut self, owner: Owner, ink: Ink) {
        if let Some(page) = self.pages.last_mut() {
            page.push(Mark { owner, ink });
        }
    }

    /// One line of text whose top is at `y`.
    pub fn text_at(&mut self, owner: Owner, line: Line, x: f32, y: f32, face: Face, grey: u8) {
        if line.stretches.is_empty() {
            return;
        }
        let baseline = y + face.leading / 2.0 + face.size * 0.36;
        self.mark(owner, Ink::Line { line, x, baseline, size: face.size, grey });
    }

    pub fn lines(&self, text: &Text, width: f32, face: Face) -> Result<Vec<Line>, Error> {
        lines(self.fonts, text, width / face.size)
    }

    /// Lines one under the other from here on, over as many pages as they take.
    fn flow(&mut self, node: usize, lines: Vec<Line>, x: f32, face: Face, grey: u8) {
        for line in lines {
            self.need(face.leading);
            let y = self.y;
            self.text_at(Owner::Node(node), line, x, y, face, grey);
            self.y += face.leading;
        }
    }

    fn block(&mut self, block: &Block, following: &[Block]) -> Result<(), Error> {
        match block {
            Block::Section(title) => self.heading(title, 2, SECTION, following),
            Block::Subsection(title) => {
                if !self.headings.iter().any(|heading| heading.level == 2) {
                    return Err(Error::SubsectionAlone(title.clone()));
                }
                self.heading(title, 3, SUBSECTION, following)
            }
            Block::Paragraph(text) => self.paragraph(text, BODY, INK),
            Block::Notice(text) => self.notice(text),
            Block::List { numbered, items } => self.list(*numbered, items),
            Block::Pairs(pairs) => self.pairs(pairs),
            Block::Table(table) => self.table(table),
            Block::Signatures(signatures) => self.signatures(signatures),
        }
    }

    fn heading(&mut self, title: &str, level: u16, face: Face, following: &[Block]) -> Result<(), Error> {
        let lines = self.lines(&Text::new().bold(title), self.content_width(), face)?;
        let above = if level == 1 { 0.0 } else { face.size * 0.7 };
        if level > 1 {
            // A heading never stands alone at the foot of a page.
            let own = above + face.leading * lines.len() as f32 + face.size * 0.35;
            let with_what_follows = own + self.start(following)?;
            let fits = with_what_follows <= self.bottom() - MARGIN;
            self.need(if fits { with_what_follows } else { own + 3.0 * BODY.leading });
        }
        if self.y > MARGIN {
            self.y += above;
        }
        self.headings.push(Heading { text: title.to_owned(), level, page: self.pages.len() - 1, y: self.y });
        let number = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
        let node = self.node(Tag::Hn(number, Some(title.to_owned())), None);
        self.flow(node, lines, MARGIN, face, INK);
        self.y += face.size * 0.35;
        Ok(())
    }

    /// What the first of these blocks takes on a page before it can be cut.
    fn start(&self, blocks: &[Block]) -> Result<f32, Error> {
        let Some((first, following)) = blocks.split_first() else { return Ok(0.0) };
        let heading = |title: &str, face: Face| -> Result<f32, Error> {
            let lines = self.lines(&Text::new().bold(title), self.content_width(), face)?;
            Ok(face.leading * lines.len() as f32 + face.size * 1.05 + self.start(following)?)
        };
        match first {
            Block::Section(title) => heading(title, SECTION),
            Block::Subsection(title) => heading(title, SUBSECTION),
            Block::Paragraph(_) | Block::List { .. } | Block::Pairs(_) => Ok(3.0 * BODY.leading),
            Block::Notice(_) => Ok(2.0 * BODY.leading + 2.0 * NOTICE_INSIDE),
            Block::Table(table) => self.table_start(table),
            Block::Signatures(signatures) => Ok(self.signature_row(signatures)?.height),
        }
    }

    fn paragraph(&mut self, text: &Text, face: Face, grey: u8) -> Result<(), Error> {
        if text.is_blank() {
            return Ok(());
        }
        let lines = self.lines(text, self.content_width(), face)?;
        let node = self.node(Tag::P, None);
        self.flow(node, lines, MARGIN, face, grey);
        self.y += BLOCK_GAP;
        Ok(())
    }

    fn notice(&mut self, text: &Text) -> Result<(), Error> {
        if text.is_blank() {
            return Ok(());
        }
        let inside = NOTICE_INSIDE;
        let lines = self.lines(text, self.content_width() - 2.0 * inside, BODY)?;
        let node = self.node(Tag::P, None);
        let mut lines = lines.into_iter().peekable();
        while lines.peek().is_some() {
            self.need(2.0 * BODY.leading + 2.0 * inside);
            let room = ((self.bottom() - self.y - 2.0 * inside) / BODY.leading).max(1.0) as usize;
            let part: Vec<Line> = lines.by_ref().take(room).collect();
            let height = part.len() as f32 * BODY.leading + 2.0 * inside;
            let (y, width) = (self.y, self.content_width());
            self.mark(Owner::Furniture(ArtifactType::Layout), Ink::Frame { x: MARGIN, y, width, height });
            self.y += inside;
            self.flow(node, part, MARGIN + inside, BODY, INK);
            self.y += inside;
        }
        self.y += BLOCK_GAP;
        Ok(())
    }

    fn list(&mut self, numbered: bool, items: &[Text]) -> Result<(), Error> {
        if items.is_empty() {
            return Ok(());
        }
        let indent = if numbered { 22.0 } else { 14.0 };
        let list = self.node(Tag::L(if numbered { ListNumbering::Decimal } else { ListNumbering::Disc }), None);
        for (index, text) in items.iter().enumerate() {
            let label = if numbered { format!("{}. ", index + 1) } else { "• ".to_owned() };
            let label = self.lines(&label.into(), indent, BODY)?;
            let body = self.lines(text, self.content_width() - indent, BODY)?;
            self.need(BODY.leading * body.len().min(2) as f32);
            let item = self.node(Tag::LI, Some(list));
            let label_node = self.node(Tag::Lbl, Some(item));
            let body_node = self.node(Tag::LBody, Some(item));
            let y = self.y;
            for line in label.into_iter().take(1) {
                self.text_at(Owner::Node(label_node), line, MARGIN, y, BODY, INK);
            }
            self.flow(body_node, body, MARGIN + indent, BODY, INK);
            self.y += 2.0;
        }
        self.y += BLOCK_GAP;
        Ok(())
    }

    /// To a screen reader, a list whose labels are the names.
    fn pairs(&mut self, pairs: &[(String, Text)]) -> Result<(), Error> {
        if pairs.is_empty() {
            return Ok(());
        }
        let names = self.content_width() * 0.34;
        let list = self.node(Tag::L(ListNumbering::None), None);
        for (name, value) in pairs {
            let name = self.lines(&format!("{name} ").into(), names - 8.0, BODY)?;
            let value = if value.is_blank() { &Text::from("—") } else { value };
            let value = self.lines(value, self.content_width() - names, BODY)?;
            self.need(BODY.leading * name.len().max(value.len().min(2)) as f32);
            let item = self.node(Tag::LI, Some(list));
            let label_node = self.node(Tag::Lbl, Some(item));
            let body_node = self.node(Tag::LBody, Some(item));
            let (y, page) = (self.y, self.pages.len());
            let height = name.len() as f32 * BODY.leading;
            for (index, line) in name.into_iter().enumerate() {
                self.text_at(Owner::Node(label_node), line, MARGIN, y + index as f32 * BODY.leading, BODY, SOFT);
            }
            self.flow(body_node, value, MARGIN + names, BODY, INK);
            if self.pages.len() == page {
                self.y = self.y.max(y + height);
            }
            self.y += 2.0;
        }
        self.y += BLOCK_GAP;
        Ok(())
    }

    /// The boxes that stand first, side by side.
    fn signature_row(&self, signatures: &[Signature]) -> Result<SignatureRow, Error> {
        let row = &signatures[..signatures.len().min(SIGNATURES_A_ROW)];
        let gaps = SIGNATURE_GAP * row.len().saturating_sub(1) as f32;
        let width = (self.content_width() - gaps) / row.len().max(1) as f32;
        let mut texts = Vec::new();
        for signature in row {
            let text = Text::new().bold(signature.role.as_str()).plain(format!("\n{}\n", signature.name));
            let text = text.plain("Date et signature\u{a0}:");
            texts.push(self.lines(&text, width - 16.0, BODY)?);
        }
        let longest = texts.iter().map(Vec::len).max().unwrap_or(0);
        Ok(SignatureRow { width, height: longest as f32 * BODY.leading + SIGNATURE_ROOM, texts })
    }

    fn signatures(&mut self, signatures: &[Signature]) -> Result<(), Error> {
        for row in signatures.chunks(SIGNATURES_A_ROW) {
            let SignatureRow { width, height, texts } = self.signature_row(row)?;
            self.need(height);
            let top = self.y;
            for (index, text) in texts.into_iter().enumerate() {
                let x = MARGIN + index as f32 * (width + SIGNATURE_GAP);
                self.mark(Owner::Furniture(ArtifactType::Layout), Ink::Frame { x, y: top, width, height });
                let node = self.node(Tag::P, None);
                for (index, line) in text.into_iter().enumerate() {
                    let y = top + 6.0 + index as f32 * BODY.leading;
                    self.text_at(Owner::Node(node), line, x + 8.0, y, BODY, INK);
                }
            }
            self.y = top + height + BLOCK_GAP + 4.0;
        }
        Ok(())
    }

    /// Watermark, foot and page numbers, once the number of pages is known.
    fn surround(&mut self, document: &Document) -> Result<(), Error> {
        let count = self.pages.len();
        let foot = self.height - MARGIN;
        let day = base::fr::date_long(document.day);
        for index in 0..count {
            let mut around = Vec::new();
            if let Some(words) = &document.watermark {
                let mut shaped = lines(self.fonts, &Text::new().bold(words.as_str()), f32::INFINITY)?;
                if let Some(line) = shaped.pop() {
                    let diagonal = self.width.hypot(self.height) - 3.0 * MARGIN;
                    let size = (diagonal / line.ink_width().max(1.0)).min(64.0);
                    let degrees = -self.height.atan2(self.width).to_degrees();
                    around.push(Mark {
                        owner: Owner::Furniture(ArtifactType::Watermark),
                        ink: Ink::Watermark { line, size, degrees, grey: PALE },
                    });
                }
            }
            around.push(Mark {
                owner: Owner::Furniture(ArtifactType::Layout),
                ink: Ink::Rule { x: MARGIN, y: foot - 16.0, width: self.content_width(), height: 0.5, grey: HAIRLINE },
            });
            let mut left = format!("{} · {day}", document.title);
            if let Some(reference) = &document.reference {
                left = format!("{left} · {reference}");
            }
            let right = format!("Page {} sur {count}", index + 1);
            let right = self.lines(&right.into(), self.content_width(), SMALL)?.swap_remove(0);
            let right_x = self.width - MARGIN - right.ink_width() * SMALL.size;
            let left = self.lines(&left.into(), right_x - MARGIN - 12.0, SMALL)?.swap_remove(0);
            for (line, x, kind) in [(left, MARGIN, ArtifactType::Footer), (right, right_x, ArtifactType::PageNumber)] {
                let ink = Ink::Line { line, x, baseline: foot - 4.0, size: SMALL.size, grey: SOFT };
                around.push(Mark { owner: Owner::Furniture(kind), ink });
            }
            // Behind what is read.
            around.append(&mut self.pages[index]);
            self.pages[index] = around;
        }
        Ok(())
    }
}
