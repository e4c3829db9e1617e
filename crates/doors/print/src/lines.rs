//! Breaking text into lines.

use crate::Error;
use crate::block::Text;
use crate::font::{Fonts, Shaped};

/// A line: stretches of one weight, from left to right.
#[derive(Clone, Default)]
pub(crate) struct Line {
    pub stretches: Vec<Shaped>,
}

impl Line {
    /// In ems, without the space that ends the line.
    pub fn ink_width(&self) -> f32 {
        let Some((last, before)) = self.stretches.split_last() else { return 0.0 };
        before.iter().map(|stretch| stretch.width).sum::<f32>() + last.ink_width
    }

    fn width(&self) -> f32 {
        self.stretches.iter().map(|stretch| stretch.width).sum()
    }

    fn append(&mut self, word: &Word) {
        for piece in &word.pieces {
            match self.stretches.last_mut() {
                Some(last) if last.bold == piece.bold => last.append(piece),
                _ => self.stretches.push(piece.clone()),
            }
        }
    }

    #[cfg(test)]
    fn text(&self) -> String {
        self.stretches.iter().map(|stretch| stretch.text.as_str()).collect()
    }
}

/// What is never cut: letters up to the next place where a line may end, with the space that follows them.
#[derive(Default)]
struct Word {
    pieces: Vec<Shaped>,
    /// The line ends after this word whatever room is left.
    ends_line: bool,
}

impl Word {
    fn width(&self) -> f32 {
        self.pieces.iter().map(|piece| piece.width).sum()
    }

    fn ink_width(&self) -> f32 {
        let Some((last, before)) = self.pieces.split_last() else { return 0.0 };
        before.iter().map(|piece| piece.width).sum::<f32>() + last.ink_width
    }
}

/// The lines of `text`, none wider than `width` (in ems). There is always one, empty for an empty text.
pub(crate) fn lines(fonts: &Fonts, text: &Text, width: f32) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::new();
    let mut line = Line::default();
    for word in words(fonts, text)? {
        if !line.stretches.is_empty() && line.width() + word.ink_width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if word.ink_width() > width {
            for part in cut(fonts, &word, width)? {
                if !line.stretches.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line.append(&part);
            }
        } else {
            line.append(&word);
        }
        if word.ends_line {
            lines.push(std::mem::take(&mut line));
        }
    }
    if !line.stretches.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    Ok(lines)
}

fn words(fonts: &Fonts, text: &Text) -> Result<Vec<Word>, Error> {
    let mut words = Vec::new();
    let mut word = Word::default();
    for run in &text.runs {
        let mut piece = String::new();
        let mut characters = run.text.chars().peekable();
        while let Some(character) = characters.next() {
            if character != '\n' {
                // Tabs and the like come from what was pasted in.
                piece.push(if character.is_control() { ' ' } else { character });
            }
            // Only an ordinary space separates: no-break spaces (narrow or not) hold French signs to their word.
            let after_space = character == ' ' && characters.peek() != Some(&' ');
            let after_hyphen =
                matches!(character, '-' | '/' | '–') && characters.peek().is_some_and(|next| next.is_alphabetic());
            if character == '\n' || after_space || after_hyphen {
                if !piece.is_empty() {
                    word.pieces.push(fonts.shape(&std::mem::take(&mut piece), run.bold)?);
                }
                word.ends_line = character == '\n';
                words.push(std::mem::take(&mut word));
            }
        }
        if !piece.is_empty() {
            word.pieces.push(fonts.shape(&piece, run.bold)?);
        }
    }
    if !word.pieces.is_empty() {
        words.push(word);
    }
    Ok(words)
}

/// A word wider than the line, cut wherever the line is full.
fn cut(fonts: &Fonts, word: &Word, width: f32) -> Result<Vec<Word>, Error> {
    let mut parts = vec![Word::default()];
    for piece in &word.pieces {
        for character in piece.text.chars() {
            let mut letter = [0; 4];
            let shaped = fonts.shape(character.encode_utf8(&mut letter), piece.bold)?;
            let full =
                parts.last().is_some_and(|part| !part.pieces.is_empty() && part.width() + shaped.ink_width > width);
            if full {
                parts.push(Word::default());
            }
            if let Some(part) = parts.last_mut() {
                match part.pieces.last_mut() {
                    Some(last) if last.bold == shaped.bold => last.append(&shaped),
                    _ => part.pieces.push(shaped),
                }
            }
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn broken(text: impl Into<Text>, width: f32) -> Vec<String> {
        lines(&Fonts::load(), &text.into(), width).unwrap().iter().map(Line::text).collect()
    }

    #[test]
    fn lines_end_at_spaces_and_hyphens_never_at_no_break_spaces() {
        assert_eq!(broken("un deux trois", 4.0), ["un deux ", "trois"]);
        assert_eq!(broken("vis-à-vis", 3.0), ["vis-à-", "vis"]);
        assert_eq!(broken("le prix\u{a0}: 12\u{a0}€", 4.0), ["le prix\u{a0}: ", "12\u{a0}€"]);
    }

    #[test]
    fn a_bold_word_keeps_the_comma_that_touches_it() {
        let text = Text::new().plain("Voici ").bold("Inès").plain(", puis");
        assert_eq!(broken(text, 4.0), ["Voici ", "Inès, ", "puis"]);
    }

    #[test]
    fn what_is_wider_than_the_line_is_cut_and_nothing_is_lost() {
        let address = "https://exemple.fr/calendrier/0123456789abcdef0123456789abcdef";
        let lines = broken(address, 8.0);
        assert!(lines.len() > 3);
        assert_eq!(lines.concat(), address);
    }

    #[test]
    fn an_unknown_sign_is_named() {
        let error = lines(&Fonts::load(), &"Bravo 🎉".into(), 20.0).err();
        assert_eq!(error, Some(Error::Character { character: '🎉', text: "🎉".to_owned() }));
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_every_letter_is_there(
            text in "[a-zéàç ’\u{a0}\u{202f};:«»\\-]{0,200}",
            width in 2.0f32..30.0,
        ) {
            let lines = lines(&Fonts::load(), &text.as_str().into(), width).unwrap();
            for line in &lines {
                prop_assert!(line.ink_width() <= width + 0.01, "{} > {width}", line.ink_width());
            }
            prop_assert_eq!(lines.iter().map(Line::text).collect::<String>(), text);
        }
    }
}
