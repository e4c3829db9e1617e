//! The tripartite convention by which an apprentice is hosted elsewhere than at the employer's.
//!
//! Source: Code du travail, art. R6223-10 to R6223-16, as in force in March 2026. The items of R6223-11 are printed in
//! its order, each with its number; the text says « notamment »: the parties may add to them.

use base::{Date, Period, fr};
use law::apprenticeship::Finding;
use print::{Block, Document, Signature, Text};

use super::{Issue, Party, Reserves, precheck};

/// A tutor (maître d’apprentissage), and the papers that show the conditions of art. L6223-8-1 are met.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tutor {
    pub name: Option<String>,
    pub evidence: Option<String>,
}

/// When the apprentice is hosted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stay {
    pub periods: Vec<Period>,
    /// Days there.
    pub days: u16,
}

/// What the convention says. What nobody has filled in is printed as to be completed, and the document is a draft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostingConvention {
    pub issue: Issue,
    /// The exact title of the certification, with its registration.
    pub title: String,
    pub apprentice: String,
    pub born_on: Option<Date>,
    pub employer: Party,
    pub host: Party,
    pub school: Party,
    /// Whoever keeps the contract (the OPCO).
    pub depositary: Option<String>,
    pub contract: Period,
    pub stay: Stay,
    pub tasks: Option<String>,
    pub working_hours: Option<String>,
    pub place: Option<String>,
    pub employer_tutor: Tutor,
    pub host_tutor: Tutor,
    pub information: Option<String>,
    pub liaison: Option<String>,
    pub sharing_of_costs: Option<String>,
    pub travel_costs: Option<String>,
    pub insurance: Option<String>,
    /// What the law answers about hosts ([`law::apprenticeship::hosts`]).
    pub findings: Vec<Finding>,
    /// What the referential still leaves to verify.
    pub to_verify: Vec<String>,
}

impl HostingConvention {
    pub fn document(&self) -> Document {
        let mut reserves = Reserves { to_verify: self.to_verify.clone(), to_complete: Vec::new() };
        let items = self.items(&mut reserves);
        let depositary = reserves.or_to_complete("organisme chargé du dépôt", self.depositary.as_deref());
        let mut apprentice = Text::new().bold(self.apprentice.as_str());
        if let Some(day) = self.born_on {
            apprentice = apprentice.plain(format!("\nDate de naissance\u{a0}: {}", fr::date_long(day)));
        }

        let mut document = self
            .issue
            .document("Convention d’accueil d’un apprenti dans une autre entreprise", &reserves)
            .block(Block::paragraph(
                "Code du travail, articles R6223-10 à R6223-16. Convention tripartite entre l’employeur, l’entreprise \
                 d’accueil et l’apprenti.",
            ))
            .block(Block::section("Les parties"))
            .block(Block::pairs([
                ("L’employeur", self.employer.described()),
                ("L’entreprise d’accueil", self.host.described()),
                ("L’apprenti", apprentice),
                ("Contrat d’apprentissage", fr::period(self.contract).into()),
            ]))
            .block(Block::section("Ce que la convention précise (article R6223-11)"))
            .block(Block::numbered(items));
        if !self.findings.is_empty() {
            document = document
                .block(Block::section("Conditions de l’accueil (article R6223-10)"))
                .block(precheck::findings_table("Conditions de l’accueil", &self.findings));
        }
        document
            .block(Block::section("Obligations"))
            .block(Block::list([
                "Pendant la convention, l’apprenti continue de suivre les enseignements du centre de formation et se \
                 conforme au règlement intérieur de l’entreprise d’accueil (article R6223-14).",
                "L’entreprise d’accueil est responsable du respect des dispositions relatives à la durée du travail, \
                 à la santé et à la sécurité au travail (article R6223-15).",
            ]))
            .block(
                Text::new()
                    .plain("Dès sa conclusion, l’employeur adresse la convention au directeur du centre de formation (")
                    .bold(self.school.name.as_str())
                    .plain(") et à l’organisme chargé du dépôt (article R6223-12)."),
            )
            .block(Block::pairs([("Organisme chargé du dépôt", depositary)]))
            .block(Block::section("Signatures"))
            .block(Block::Signatures(vec![
                Signature::new("L’employeur", self.employer.represented_by.clone().unwrap_or_default()),
                Signature::new("L’entreprise d’accueil", self.host.represented_by.clone().unwrap_or_default()),
                Signature::new("L’apprenti", self.apprentice.as_str()),
            ]))
    }

    /// The eleven items, in the order of the article.
    fn items(&self, reserves: &mut Reserves) -> Vec<Text> {
        let periods: Vec<String> = self.stay.periods.iter().copied().map(fr::period).collect();
        let days = fr::count(self.stay.days, "jour", "jours");
        let stay = (!periods.is_empty()).then(|| format!("{}, soit {days}", fr::list(&periods)));
        let hours_and_place = match (&self.working_hours, &self.place) {
            (Some(hours), Some(place)) => Some(format!("{hours}, {place}")),
            _ => None,
        };
        let host_tutor = match (&self.host_tutor.name, &self.host_tutor.evidence) {
            (Some(name), Some(evidence)) => Some(format!("{name} (pièces\u{a0}: {evidence})")),
            _ => None,
        };
        let insurance = self.insurance.as_ref().map(|insurance| {
            format!("l’entreprise d’accueil se garantit en matière de responsabilité civile\u{a0}: {insurance}")
        });
        let items: [(&str, Option<&str>); 11] = [
            ("Titre préparé", Some(&self.title)),
            ("Durée de la période d’accueil", stay.as_deref()),
            (
                "Nature des tâches confiées, en relation directe avec la formation prévue au contrat",
                self.tasks.as_deref(),
            ),
            ("Horaires et lieu de travail", hours_and_place.as_deref()),
            ("Maître d’apprentissage chez l’employeur", self.employer_tutor.name.as_deref()),
            (
                "Maître d’apprentissage dans l’entreprise d’accueil, et pièces attestant des conditions de l’article L6223-8-1",
                host_tutor.as_deref(),
            ),
            (
                "Information de l’employeur par l’entreprise d’accueil sur le déroulement de la formation",
                self.information.as_deref(),
            ),
            ("Liaison entre les maîtres d’apprentissage et le centre de formation", self.liaison.as_deref()),
            ("Partage des charges, rémunérations et avantages", self.sharing_of_costs.as_deref()),
            ("Prise en charge des frais de transport et d’hébergement", self.travel_costs.as_deref()),
            ("Responsabilité civile", insurance.as_deref()),
        ];
        let texts = items.into_iter().map(|(item, value)| {
            let said = reserves.or_to_complete(&lower(item), value);
            Text::new().bold(item).plain("\u{a0}: ").then(said)
        });
        texts.collect()
    }
}

/// The same words as they stand inside a sentence.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}
