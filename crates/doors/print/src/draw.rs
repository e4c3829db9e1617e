//! A document laid out becomes a PDF.

use krilla::Document as Pdf;
use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata, PageLayout};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ContentTag, Identifier, SpanTag, TagGroup, TagTree};

use crate::font::Fonts;
use crate::layout::{FRAME, Heading, Ink, Layout, Owner};
use crate::lines::Line;
use crate::{Document, Error};

pub(crate) fn write(document: &Document, fonts: &Fonts, layout: Layout<'_>) -> Result<Vec<u8>, Error> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .expect("both validators accept PDF 1.7");
    let mut pdf = Pdf::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let settings = PageSettings::from_wh(layout.width, layout.height).expect("the sides of A4 are above zero");

    let mut identifiers: Vec<Vec<Identifier>> = layout.nodes.iter().map(|_| Vec::new()).collect();
    for marks in &layout.pages {
        let mut page = pdf.start_page_with(settings.clone());
        let mut surface = page.surface();
        for mark in marks {
            let content = match mark.owner {
                Owner::Node(_) => ContentTag::Span(SpanTag::empty()),
                Owner::Furniture(kind) => ContentTag::Artifact(Artifact::with_kind(kind)),
            };
            let identifier = surface.start_tagged(content);
            draw(&mut surface, fonts, &mark.ink, (layout.width, layout.height));
            surface.end_tagged();
            if let Owner::Node(node) = mark.owner {
                identifiers[node].push(identifier);
            }
        }
        surface.finish();
        page.finish();
    }

    pdf.set_metadata(metadata(document));
    pdf.set_outline(outline(&layout.headings));
    let mut tree = TagTree::new().with_lang(Some(document.language.clone()));
    for &root in &layout.roots {
        tree.push(group(&layout, &mut identifiers, root));
    }
    pdf.set_tag_tree(tree);
    pdf.finish().map_err(|error| Error::NotConforming(reason(&error)))
}

fn group(layout: &Layout<'_>, identifiers: &mut [Vec<Identifier>], node: usize) -> TagGroup {
    let mut group = TagGroup::new(layout.nodes[node].tag.clone());
    for identifier in std::mem::take(&mut identifiers[node]) {
        group.push(identifier);
    }
    for &child in &layout.nodes[node].children {
        group.push(self::group(layout, identifiers, child));
    }
    group
}

fn metadata(document: &Document) -> Metadata {
    let day = document.day;
    let year = u16::try_from(day.year()).unwrap_or(0);
    let day = DateTime::new(year).month(day.month().unsigned_abs()).day(day.day().unsigned_abs());
    Metadata::new()
        .title(document.title.clone())
        .authors(vec![document.issuer.clone()])
        .language(document.language.clone())
        .creation_date(day)
        .creator("Jonction".to_owned())
        .page_layout(PageLayout::OneColumn)
}

/// The title, its parts, and theirs.
fn outline(headings: &[Heading]) -> Outline {
    fn nodes(headings: &[Heading], level: u16) -> Vec<OutlineNode> {
        let starts: Vec<usize> = (0..headings.len()).filter(|&index| headings[index].level == level).collect();
        let nodes = starts.iter().enumerate().map(|(index, &start)| {
            let end = starts.get(index + 1).copied().unwrap_or(headings.len());
            let heading = &headings[start];
            let place = XyzDestination::new(heading.page, Point::from_xy(0.0, heading.y));
            let mut node = OutlineNode::new(heading.text.clone(), place).with_open(true);
            for child in nodes(&headings[start + 1..end], level + 1) {
                node.push_child(child);
            }
            node
        });
        nodes.collect()
    }
    let mut outline = Outline::new();
    for node in nodes(headings, 1) {
        outline.push_child(node);
    }
    outline
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, ink: &Ink, (page_width, page_height): (f32, f32)) {
    match ink {
        Ink::Line { line, x, baseline, size, grey } => text(surface, fonts, line, (*x, *baseline), *size, *grey),
        Ink::Rule { x, y, width, height, grey } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*grey)));
            rectangle(surface, (*x, *y), (*width, *height));
        }
        Ink::Frame { x, y, width, height } => {
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint: luma::Color::new(FRAME).into(), width: 0.8, ..Stroke::default() }));
            rectangle(surface, (*x, *y), (*width, *height));
        }
        Ink::Watermark { line, size, degrees, grey } => {
            let middle = (page_width / 2.0, page_height / 2.0);
            surface.push_transform(&Transform::from_rotate_at(*degrees, middle.0, middle.1));
            let start = (middle.0 - line.ink_width() * size / 2.0, middle.1 + size * 0.36);
            text(surface, fonts, line, start, *size, *grey);
            surface.pop();
        }
    }
}

fn text(surface: &mut Surface<'_>, fonts: &Fonts, line: &Line, (x, baseline): (f32, f32), size: f32, grey: u8) {
    surface.set_stroke(None);
    surface.set_fill(Some(fill(grey)));
    let mut x = x;
    for stretch in &line.stretches {
        let start = Point::from_xy(x, baseline);
        surface.draw_glyphs(start, &stretch.glyphs, fonts.embedded(stretch.bold), &stretch.text, size, false);
        x += stretch.width * size;
    }
}

fn fill(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}

/// A rectangle without width or height draws nothing.
fn rectangle(surface: &mut Surface<'_>, (x, y): (f32, f32), (width, height): (f32, f32)) {
    let mut path = PathBuilder::new();
    if let Some(rectangle) = Rect::from_xywh(x, y, width, height) {
        path.push_rect(rectangle);
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn reason(error: &KrillaError) -> String {
    match error {
        KrillaError::Validation(errors) => {
            let reasons: Vec<String> = errors.iter().map(|(error, _)| format!("{error:?}")).collect();
            reasons.join(", ")
        }
        other => other.to_string(),
    }
}
