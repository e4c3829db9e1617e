//! What the OPCO will look at when it receives a contract, looked at before (art. D6224-2).

use base::{Date, fr};
use law::apprenticeship::Finding;
use law::publics::Answer;
use print::{Block, Column, Document, Table, Text};

use super::{Issue, Party, Reserves};

/// The seven points about one contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PreCheckSheet {
    pub issue: Issue,
    pub apprentice: String,
    pub employer: Party,
    pub title: String,
    pub starts_on: Date,
    /// Last day on which the contract may be sent (art. D6224-1).
    pub send_by: Date,
    /// What [`law::apprenticeship::precheck`] answers.
    pub findings: Vec<Finding>,
    pub to_verify: Vec<String>,
}

impl PreCheckSheet {
    pub fn document(&self) -> Document {
        let reserves = Reserves { to_verify: self.to_verify.clone(), to_complete: Vec::new() };
        let count = |answer: Answer| self.findings.iter().filter(|finding| finding.answer == answer).count() as u64;
        let (against, unknown) = (count(Answer::No), count(Answer::Unknown));
        let verdict = match (against, unknown) {
            (0, 0) => "Les points vérifiés sont tous conformes.".to_owned(),
            (0, _) => format!("{} à vérifier avant l’envoi.", fr::count(unknown, "point reste", "points restent")),
            _ => format!(
                "{}\u{a0}: en l’état, l’opérateur de compétences refuserait la prise en charge.",
                fr::count(against, "point n’est pas conforme", "points ne sont pas conformes")
            ),
        };
        let pairs = [
            ("Apprenti", Text::from(self.apprentice.as_str())),
            ("Employeur", self.employer.described()),
            ("Titre préparé", self.title.as_str().into()),
            ("Début du contrat", fr::date_long(self.starts_on).into()),
            ("À transmettre au plus tard le", fr::date_long(self.send_by).into()),
        ];
        self.issue
            .document("Vérification d’un contrat avant dépôt", &reserves)
            .block(Block::pairs(pairs))
            .block(Block::notice(Text::new().bold(verdict)))
            .block(Block::section("Ce que l’opérateur de compétences vérifie (article D6224-2)"))
            .block(findings_table("Points vérifiés", &self.findings))
            .block(Block::paragraph(
                "Cette feuille aide à préparer le dépôt. La décision appartient à l’opérateur de compétences.",
            ))
    }
}

/// Findings of the law, one a line.
pub(super) fn findings_table(name: &str, findings: &[Finding]) -> Table {
    let columns = [Column::new("Point", 5.6), Column::new("Réponse", 1.6), Column::new("Texte", 3.0)];
    Table::new(name, columns).rows(findings.iter().map(|finding| {
        let answer = match finding.answer {
            Answer::Yes => Text::from("Conforme"),
            Answer::No => Text::new().bold("Non conforme"),
            Answer::Unknown => Text::new().bold("À vérifier"),
        };
        [finding.why.as_str().into(), answer, finding.citation.into()]
    }))
}
