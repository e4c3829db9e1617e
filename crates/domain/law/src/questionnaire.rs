//! What the codes of the questionnaire filled in with the claim (« données socio-professionnelles ») mean, in French:
//! the one place for every screen, rule and report. Source of the lists: the public software of the département that
//! reads the same flow; no official list was found. A code outside them is shown as it is, « non répertorié ».

use std::borrow::Cow;

use crate::coded::coded;

coded! {
    /// A question whose answers are codes, under its name in the flow.
    pub enum Question {
        Housing = "NATLOG",
        SocialDifficulties = "DIFSOC",
        Availability = "DIFDISP",
        WorkHistory = "HISPRO",
        Education = "NIVETU",
        Mobility = "NATMOB",
    }
}

impl Question {
    /// What is asked, without article.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Housing => "nature du logement",
            Self::SocialDifficulties => "difficultés sociales",
            Self::Availability => "difficultés de disponibilité",
            Self::WorkHistory => "parcours professionnel",
            Self::Education => "niveau d’études",
            Self::Mobility => "mobilité",
        }
    }

    /// Every answer with its code, in the order of the codes.
    pub const fn answers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Housing => &[
                ("0901", "logement autonome, habitat individuel"),
                ("0902", "logement autonome, habitat collectif"),
                ("0903", "hébergement d’urgence en foyer"),
                ("0904", "centre d’hébergement et de réinsertion sociale"),
                ("0905", "hébergement d’urgence à l’hôtel"),
                ("0906", "autre hébergement d’urgence"),
                ("0907", "logement temporaire, appartement relais"),
                ("0908", "logement temporaire, bail glissant"),
                ("0909", "logement temporaire chez un parent ou un tiers"),
                ("0910", "logement précaire, caravane, bateau ou semblable"),
                ("0911", "logement précaire, résidence sociale"),
                ("0912", "sans hébergement"),
                ("0913", "logement précaire, autre situation"),
            ],
            Self::SocialDifficulties => &[
                ("0401", "aucune difficulté"),
                ("0402", "santé"),
                ("0403", "reconnaissance de travailleur handicapé"),
                ("0404", "lecture, écriture ou compréhension du français"),
                ("0405", "démarches administratives"),
                ("0406", "endettement"),
                ("0407", "autre difficulté"),
            ],
            Self::Availability => &[
                ("0501", "aucun obstacle"),
                ("0502", "garde d’un enfant de moins de six ans"),
                ("0503", "garde d’un enfant de plus de six ans"),
                ("0504", "garde d’un enfant ou d’un proche invalide"),
                ("0505", "charge d’un proche dépendant"),
                ("0506", "absence durable d’un parent ou d’un conjoint"),
                ("0507", "mobilité"),
                ("0508", "santé"),
                ("0509", "logement"),
                ("0510", "illettrisme"),
                ("0511", "absence de qualification"),
                ("0512", "qualification trop particulière"),
                ("0513", "discrimination"),
                ("0514", "garde d’enfants"),
            ],
            Self::WorkHistory => &[
                ("1901", "a toujours travaillé"),
                ("1902", "travaille par intermittence"),
                ("1903", "a déjà travaillé"),
                ("1904", "n’a jamais travaillé"),
            ],
            Self::Education => &[
                ("1201", "diplôme au-delà de bac\u{a0}+\u{a0}2"),
                ("1202", "diplôme de niveau bac\u{a0}+\u{a0}2"),
                ("1203", "fin de terminale, avec ou sans le bac"),
                ("1204", "fin de CAP ou de BEP, avec ou sans le diplôme"),
                ("1205", "fin de troisième, ou CAP ou BEP commencé"),
                ("1206", "collège interrompu avant la troisième"),
                ("1207", "jamais scolarisé"),
            ],
            Self::Mobility => &[
                ("2501", "mobile dans la commune"),
                ("2502", "mobile dans le département"),
                ("2503", "mobile dans un autre département"),
                ("2504", "n’est pas mobile"),
            ],
        }
    }

    /// What a code says. Level 1201 has two halves, `1201a` and `1201b`, which say the same here.
    pub fn answer(self, code: &str) -> Option<&'static str> {
        let code = if self == Self::Education { level(code) } else { code };
        self.answers().iter().find(|(known, _)| *known == code).map(|(_, answer)| *answer)
    }

    /// The same as one reads it: « hébergement d’urgence en foyer », « code 0999 (non répertorié) ».
    pub fn said(self, code: &str) -> Cow<'static, str> {
        match self.answer(code) {
            Some(answer) => answer.into(),
            None => format!("code\u{a0}{code} (non répertorié)").into(),
        }
    }

    /// Several codes as one reads them: « santé ; endettement »; « aucune » for an empty list.
    pub fn all_said(self, codes: &[String]) -> String {
        if codes.is_empty() {
            return "aucune".to_owned();
        }
        let said: Vec<Cow<'static, str>> = codes.iter().map(|code| self.said(code)).collect();
        // Some answers have commas of their own.
        said.join("\u{a0}; ")
    }
}

/// The level of a code of education, without the letter of its half.
pub(crate) fn level(code: &str) -> &str {
    match code {
        "1201a" | "1201b" => "1201",
        whole => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typography::assert_typography;

    #[test]
    fn every_answer_has_words_of_its_own() {
        for question in Question::ALL {
            assert_typography(question.label());
            for (number, (code, words)) in question.answers().iter().enumerate() {
                assert_typography(words);
                let same = question.answers().iter().position(|(_, other)| other == words);
                assert_eq!(same, Some(number), "{code}");
                assert_eq!(question.said(code), *words);
            }
        }
    }

    #[test]
    fn what_is_in_no_list_is_told_as_it_is() {
        assert_eq!(Question::Housing.answer("0914"), None);
        assert_eq!(Question::Housing.said("0914"), "code\u{a0}0914 (non répertorié)");
        assert_eq!(Question::Education.answer("1201b"), Question::Education.answer("1201"));
        assert_eq!(Question::Housing.answer("0901b"), None);
        let difficulties = ["0402".to_owned(), "0499".to_owned()];
        let said = "santé\u{a0}; code\u{a0}0499 (non répertorié)";
        assert_eq!(Question::SocialDifficulties.all_said(&difficulties), said);
        assert_eq!(Question::SocialDifficulties.all_said(&[]), "aucune");
    }
}
