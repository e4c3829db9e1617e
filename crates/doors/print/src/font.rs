//! The fonts every document carries, and the shaping of text with them.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer};

use crate::Error;

/// Noto Sans, regular and bold: an open licence (OFL and Apache-2.0), and every sign of French.
pub(crate) struct Fonts {
    regular: Typeface,
    bold: Typeface,
}

struct Typeface {
    shaper: Face<'static>,
    embedded: Font,
}

impl Typeface {
    fn load(bytes: &'static [u8]) -> Self {
        Self {
            shaper: Face::from_slice(bytes, 0).expect("the font of the crate notosans is sound"),
            embedded: Font::new(bytes.into(), 0).expect("the font of the crate notosans is sound"),
        }
    }
}

/// Text of one weight turned into glyphs. Lengths are in ems: multiply by the size.
#[derive(Clone, Default)]
pub(crate) struct Shaped {
    pub text: String,
    pub bold: bool,
    pub glyphs: Vec<KrillaGlyph>,
    pub width: f32,
    /// The width without the space that ends it.
    pub ink_width: f32,
}

impl Shaped {
    /// Adds what stands right after, in the same weight.
    pub fn append(&mut self, next: &Self) {
        let shift = self.text.len();
        self.glyphs.extend(next.glyphs.iter().cloned().map(|mut glyph| {
            glyph.text_range = glyph.text_range.start + shift..glyph.text_range.end + shift;
            glyph
        }));
        self.text.push_str(&next.text);
        self.ink_width = self.width + next.ink_width;
        self.width += next.width;
    }
}

impl Fonts {
    pub fn load() -> Self {
        Self { regular: Typeface::load(notosans::REGULAR_TTF), bold: Typeface::load(notosans::BOLD_TTF) }
    }

    fn typeface(&self, bold: bool) -> &Typeface {
        if bold { &self.bold } else { &self.regular }
    }

    pub fn embedded(&self, bold: bool) -> Font {
        self.typeface(bold).embedded.clone()
    }

    /// Glyphs for `text`. A sign that the font does not have is an error: printing another in its place would change a
    /// name without telling.
    pub fn shape(&self, text: &str, bold: bool) -> Result<Shaped, Error> {
        let face = &self.typeface(bold).shaper;
        if let Some(character) = text.chars().find(|&character| face.glyph_index(character).is_none()) {
            return Err(Error::Character { character, text: text.trim().to_owned() });
        }
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(face, &[], buffer);

        let per_em = face.units_per_em() as f32;
        let starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let mut glyphs = Vec::with_capacity(starts.len());
        for (index, (info, place)) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()).enumerate() {
            let start = starts[index];
            let end = starts[index..].iter().copied().find(|&next| next > start).unwrap_or(text.len());
            glyphs.push(KrillaGlyph {
                glyph_id: GlyphId::new(info.glyph_id),
                text_range: start..end,
                x_advance: place.x_advance as f32 / per_em,
                x_offset: place.x_offset as f32 / per_em,
                y_offset: place.y_offset as f32 / per_em,
                y_advance: place.y_advance as f32 / per_em,
                location: None,
            });
        }
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        let trailing: f32 = match glyphs.last() {
            Some(last) if text.ends_with(' ') => last.x_advance,
            _ => 0.0,
        };
        Ok(Shaped { text: text.to_owned(), bold, glyphs, width, ink_width: width - trailing })
    }
}
