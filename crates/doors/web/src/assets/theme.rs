use std::fmt;
use std::str::FromStr;

/// The département's own colour, `#rrggbb`. Whatever it is, what is written in it stays legible:
/// it is darkened for the light theme and lightened for the dark one until it passes WCAG AA.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Accent(Rgb);

/// The colour of the settings could not be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("la couleur «\u{a0}{0}\u{a0}» n’est pas de la forme #rrvvbb, par exemple #0b5f73")]
pub struct AccentError(String);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Rgb([u8; 3]);

/// The grounds that links and buttons stand on, in `jonction.css`: the least favourable of each theme.
const LIGHT_GROUND: Rgb = Rgb([0xee, 0xee, 0xea]);
const DARK_GROUND: Rgb = Rgb([0x26, 0x2c, 0x31]);
/// WCAG 2.2, 1.4.3 asks 4.5 for ordinary text; a little more, for rounding and for tinted lines, and
/// more again in the dark, where a colour that only just passes looks dull.
const ENOUGH_ON_LIGHT: f64 = 4.7;
const ENOUGH_ON_DARK: f64 = 6.5;

impl FromStr for Accent {
    type Err = AccentError;

    fn from_str(text: &str) -> Result<Self, AccentError> {
        text.parse().map(Self).map_err(|()| AccentError(text.to_owned()))
    }
}

impl Accent {
    /// The style sheet of the settings.
    pub fn stylesheet(self) -> String {
        let light = self.0.until_legible(LIGHT_GROUND, ENOUGH_ON_LIGHT, Rgb([0, 0, 0]));
        let dark = self.0.until_legible(DARK_GROUND, ENOUGH_ON_DARK, Rgb([255, 255, 255]));
        format!("@layer tokens {{ :root {{ --accent: light-dark({light}, {dark}); }} }}\n")
    }
}

impl Rgb {
    /// The colour, mixed with `pole` by as little as it takes to be read on `ground`.
    fn until_legible(self, ground: Self, enough: f64, pole: Self) -> Self {
        let steps = (0..=100).map(|step| self.mixed(pole, f64::from(step) / 100.0));
        steps.into_iter().find(|colour| colour.contrast(ground) >= enough).unwrap_or(pole)
    }

    fn mixed(self, other: Self, share: f64) -> Self {
        let mut out = self;
        for (own, other) in out.0.iter_mut().zip(other.0) {
            let mixed = f64::from(*own) + (f64::from(other) - f64::from(*own)) * share;
            // Between two bytes by construction.
            *own = mixed.round() as u8;
        }
        out
    }

    /// WCAG 2.2 contrast ratio, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// WCAG 2.2 relative luminance.
    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|byte| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

impl FromStr for Rgb {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii()).ok_or(())?;
        let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| ());
        Ok(Self([byte(0)?, byte(2)?, byte(4)?]))
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: &str = include_str!("../../assets/jonction.css");

    /// The light and dark values of a token of the style sheet.
    fn token(name: &str) -> [Rgb; 2] {
        let start = SHEET.find(&format!("{name}: light-dark(")).unwrap_or_else(|| panic!("{name} is in the sheet"));
        let (_, values) = SHEET[start..].split_once("light-dark(").unwrap();
        let (values, _) = values.split_once(')').unwrap();
        let (light, dark) = values.split_once(',').unwrap();
        [light.parse().unwrap(), dark.trim().parse().unwrap()]
    }

    #[test]
    fn every_pair_of_the_sheet_passes_aa_in_both_themes() {
        let text_on: [(&str, &[&str]); 12] = [
            ("--ink", &["--page", "--surface", "--sunken"]),
            ("--quiet", &["--page", "--surface", "--sunken"]),
            ("--accent", &["--page", "--surface", "--sunken"]),
            ("--on-accent", &["--accent"]),
            ("--on-danger", &["--danger"]),
            ("--danger", &["--page", "--surface", "--danger-ground"]),
            ("--ok", &["--page", "--surface", "--ok-ground"]),
            ("--warning", &["--page", "--surface", "--warning-ground"]),
            ("--info", &["--page", "--surface", "--info-ground"]),
            ("--ink", &["--ok-ground", "--warning-ground", "--danger-ground", "--info-ground"]),
            ("--quiet", &["--page"]),
            ("--accent", &["--page"]),
        ];
        for (text, grounds) in text_on {
            for ground in grounds {
                for (theme, (text_colour, ground_colour)) in token(text).into_iter().zip(token(ground)).enumerate() {
                    let ratio = text_colour.contrast(ground_colour);
                    assert!(ratio >= 4.5, "{text} on {ground}, theme {theme}: {ratio:.2}");
                }
            }
        }
        // Edges of controls: 3:1 (WCAG 2.2, 1.4.11).
        for ground in ["--page", "--surface"] {
            for (edge, ground) in token("--control").into_iter().zip(token(ground)) {
                assert!(edge.contrast(ground) >= 3.0);
            }
        }
    }

    #[test]
    fn any_accent_becomes_legible() {
        assert_eq!(token("--sunken"), [LIGHT_GROUND, DARK_GROUND]);
        let white = Rgb([255; 3]);
        for text in ["#0b5f73", "#ffff00", "#ffffff", "#000000", "#ff7a00", "#00a0ff", "#808080"] {
            let Accent(colour) = text.parse().unwrap();
            let light = colour.until_legible(LIGHT_GROUND, ENOUGH_ON_LIGHT, Rgb([0; 3]));
            let dark = colour.until_legible(DARK_GROUND, ENOUGH_ON_DARK, white);
            assert!(light.contrast(white) >= 4.5 && light.contrast(LIGHT_GROUND) >= 4.5, "{text} → {light}");
            assert!(
                dark.contrast(DARK_GROUND) >= 4.5 && dark.contrast(token("--on-accent")[1]) >= 4.5,
                "{text} → {dark}"
            );
        }
    }

    #[test]
    fn a_wrong_colour_is_refused_with_its_form() {
        for text in ["bleu", "#12", "#12345g", "#éééaa"] {
            let message = text.parse::<Accent>().unwrap_err().to_string();
            assert!(message.contains(text) && message.contains("#rrvvbb"));
        }
    }
}
