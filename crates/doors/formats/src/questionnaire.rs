//! The codes of the questionnaire answered with a claim for RSA (« données socio-professionnelles »). Their ranges are
//! known, few of their labels are: an unknown code is kept and told.

/// One question and the range of its codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Question {
    /// Name in the instruction flow.
    pub name: &'static str,
    first: u16,
    last: u16,
}

/// Digits of every code.
pub const CODE_LENGTH: usize = 4;

/// `NATLOG`, housing.
pub const HOUSING: Question = Question { name: "NATLOG", first: 901, last: 913 };
/// `DIFSOC`, social difficulties.
pub const SOCIAL_DIFFICULTIES: Question = Question { name: "DIFSOC", first: 401, last: 407 };
/// `DIFDISP`, what stands in the way of being available.
pub const AVAILABILITY: Question = Question { name: "DIFDISP", first: 501, last: 514 };
/// `HISPRO`, history of work.
pub const WORK_HISTORY: Question = Question { name: "HISPRO", first: 1901, last: 1904 };
/// `NIVETU`, level of education.
pub const EDUCATION: Question = Question { name: "NIVETU", first: 1201, last: 1207 };
/// `NATMOB`, mobility.
pub const MOBILITY: Question = Question { name: "NATMOB", first: 2501, last: 2504 };

pub const QUESTIONS: [Question; 6] = [HOUSING, SOCIAL_DIFFICULTIES, AVAILABILITY, WORK_HISTORY, EDUCATION, MOBILITY];

impl Question {
    /// Whether a code is in the list. Level 1201 has two halves, `1201a` and `1201b`.
    pub fn knows(self, code: &str) -> bool {
        let digits = match code.len() {
            CODE_LENGTH => code,
            5 if self == EDUCATION && matches!(code, "1201a" | "1201b") => &code[..CODE_LENGTH],
            _ => return false,
        };
        digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.parse::<u16>().is_ok_and(|number| (self.first..=self.last).contains(&number))
    }

    /// Every code of the list, in order.
    pub fn codes(self) -> impl Iterator<Item = String> {
        (self.first..=self.last).map(|number| format!("{number:04}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_code_is_known_to_its_question_alone() {
        for question in QUESTIONS {
            for code in question.codes() {
                let knowing: Vec<&str> =
                    QUESTIONS.iter().filter(|other| other.knows(&code)).map(|other| other.name).collect();
                assert_eq!(knowing, [question.name], "{code}");
            }
        }
        assert_eq!(QUESTIONS.map(|question| question.codes().count()), [13, 7, 14, 4, 7, 4]);
    }

    #[test]
    fn the_halves_of_a_level_are_known_and_near_misses_are_not() {
        assert!(EDUCATION.knows("1201a") && EDUCATION.knows("1201b"));
        for code in ["1201c", "1202a", "901", "0900", "0914", "", "09 1", "٠٩٠١"] {
            assert!(QUESTIONS.iter().all(|question| !question.knows(code)), "{code}");
        }
    }
}
