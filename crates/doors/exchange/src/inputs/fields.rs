//! What the columns of a table may hold, and the headers that départements are known to give them.

use formats::table::fold_header;
use law::questionnaire::Question;
use support::inputs::InputKind;

/// What a column holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Name in a mapping file.
    pub code: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Headers met for it, as people type them.
    headers: &'static [&'static str],
    kinds: &'static [InputKind],
    /// Several columns may hold it together.
    pub many: bool,
}

const TABLES: &[InputKind] = &[InputKind::Questionnaire, InputKind::Recommendation];
const QUESTIONNAIRE: &[InputKind] = &[InputKind::Questionnaire];
const RECOMMENDATION: &[InputKind] = &[InputKind::Recommendation];

macro_rules! fields {
    ($($code:literal $label:literal $kinds:ident $(($many:ident))? [$($header:literal),* $(,)?];)+) => {
        /// Every field.
        pub static FIELDS: &[Field] = &[$(Field {
            code: $code,
            label: $label,
            headers: &[$($header),*],
            kinds: $kinds,
            many: fields!(@many $($many)?),
        }),+];
    };
    (@many many) => { true };
    (@many) => { false };
}

fields! {
    "nir" "NIR" TABLES ["NIR", "Numéro de sécurité sociale"];
    "identifier" "Identifiant France Travail" TABLES
        ["ID pôle Emploi", "ID FT", "Identifiant Pôle emploi", "Identifiant France Travail", "identifiant_unique_de"];
    "family_name" "Nom" TABLES ["Nom", "Nom bénéficiaire", "Nom d’usage", "NOM RESPONSABLE DOSSIER", "nom_usage"];
    "birth_name" "Nom de naissance" TABLES ["Nom JF", "Nom de jeune fille", "Nom de naissance", "NOMNAI"];
    "first_names" "Prénom" TABLES ["Prénom", "Prénoms", "Prénom bénéficiaire", "PRENOM RESPONSABLE DOSSIER"];
    "birth_date" "Date de naissance" TABLES ["Date de naissance", "date_naissance", "Né le", "Née le", "DTNAI"];
    "phone" "Téléphone" TABLES
        ["Téléphone", "N° Téléphones", "Numéro(s) de téléphone", "Portable", "NUMERO TELEPHONE DOSSIER"];
    "email" "Adresse électronique" TABLES
        ["Email", "E-mail", "Mail", "Courriel", "Adresses Mails", "ADRESSE ELECTRONIQUE DOSSIER"];
    "date" "Date du questionnaire ou de la préconisation" TABLES
        ["Date", "Date du questionnaire", "Date DSP", "Date de saisie", "Date de la préconisation", "date_preconisation",
         "Date de la demande", "DTDEMRSA"];
    "housing" "Nature du logement (NATLOG)" QUESTIONNAIRE ["NATLOG", "Nature du logement", "Logement"];
    "social_difficulties" "Difficultés sociales (DIFSOC)" QUESTIONNAIRE (many) ["DIFSOC", "Difficultés sociales"];
    "availability" "Difficultés de disponibilité (DIFDISP)" QUESTIONNAIRE (many)
        ["DIFDISP", "Difficultés de disponibilité", "Disponibilité"];
    "work_history" "Parcours professionnel (HISPRO)" QUESTIONNAIRE
        ["HISPRO", "Parcours professionnel", "Historique professionnel"];
    "education" "Niveau d’études (NIVETU)" QUESTIONNAIRE ["NIVETU", "Niveau d’études", "Niveau de formation"];
    "mobility" "Mobilité (NATMOB)" QUESTIONNAIRE ["NATMOB", "Mobilité", "Zone de mobilité"];
    "quick_return" "Retour rapide à l’emploi" QUESTIONNAIRE
        ["TOPENGDEMARECHEMPLOI", "Retour rapide à l’emploi", "Engagé dans une recherche d’emploi"];
    "path" "Parcours préconisé" RECOMMENDATION
        ["Parcours", "Parcours préconisé", "Type de parcours", "parcours_preconise", "Préconisation"];
    "organ" "Organisme" RECOMMENDATION ["Organisme", "organisme_preconise", "Organisme préconisé"];
    "status" "Statut" RECOMMENDATION ["Statut", "statut_orientation"];
    "state" "État" RECOMMENDATION ["État", "etat_orientation"];
    "origin" "Origine" RECOMMENDATION ["Origine", "origine_orientation"];
    "refusal_reason" "Motif de refus" RECOMMENDATION ["Motif de refus", "motif_refus"];
    "project" "Projet professionnel" RECOMMENDATION ["Projet professionnel", "Métier visé"];
    "constraint.sante" "Contrainte\u{a0}: santé" RECOMMENDATION ["contrainte_sante", "Santé"];
    "constraint.logement" "Contrainte\u{a0}: logement" RECOMMENDATION ["contrainte_logement", "Logement"];
    "constraint.mobilite" "Contrainte\u{a0}: mobilité" RECOMMENDATION ["contrainte_mobilite", "Mobilité"];
    "constraint.garde_enfant" "Contrainte\u{a0}: garde d’enfants" RECOMMENDATION
        ["contrainte_garde_enfant", "Garde d’enfants"];
    "constraint.aide_proche" "Contrainte\u{a0}: aide à un proche" RECOMMENDATION ["contrainte_aide_proche", "Aidant"];
    "constraint.autres" "Contrainte\u{a0}: autres" RECOMMENDATION ["contrainte_autres", "Autres contraintes"];
    "constraint.familiale" "Contrainte\u{a0}: famille" RECOMMENDATION ["contrainte_familiale"];
    "constraint.financiere" "Contrainte\u{a0}: finances" RECOMMENDATION ["contrainte_financiere"];
    "constraint.numerique" "Contrainte\u{a0}: numérique" RECOMMENDATION ["contrainte_numerique"];
    "constraint.administrative_juridique" "Contrainte\u{a0}: démarches administratives et juridiques" RECOMMENDATION
        ["contrainte_administrative_juridique"];
    "constraint.francais_calcul" "Contrainte\u{a0}: français et calcul" RECOMMENDATION ["contrainte_francais_calcul"];
    "criterion.projet_pro" "Capacité à se projeter" RECOMMENDATION ["projet_pro", "Capacité à se projeter"];
    "criterion.situation_professionnelle" "Situation professionnelle" RECOMMENDATION ["situation_professionnelle"];
    "criterion.type_emploi" "Type d’emploi" RECOMMENDATION ["type_emploi"];
    "criterion.niveau_etude" "Niveau d’études" RECOMMENDATION ["niveau_etude", "Niveau d’études"];
    "criterion.capacite_a_travailler" "Capacité à travailler" RECOMMENDATION ["capacite_a_travailler"];
    "criterion.boe" "Bénéficiaire de l’obligation d’emploi" RECOMMENDATION ["boe", "RQTH"];
}

impl Field {
    pub fn find(code: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.code == code)
    }

    /// The question of the questionnaire that its codes answer.
    pub fn question(&self) -> Option<Question> {
        match self.code {
            "housing" => Some(Question::Housing),
            "social_difficulties" => Some(Question::SocialDifficulties),
            "availability" => Some(Question::Availability),
            "work_history" => Some(Question::WorkHistory),
            "education" => Some(Question::Education),
            "mobility" => Some(Question::Mobility),
            _ => None,
        }
    }

    pub fn is_for(&self, kind: InputKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether a header is known to announce this field. « DIFSOC2 » announces what « DIFSOC » does where several
    /// columns may.
    pub(super) fn is_announced_by(&self, header: &str) -> bool {
        let folded = fold_header(header);
        let bare = if self.many { folded.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ') } else { &folded };
        self.headers.iter().any(|known| fold_header(known) == folded || fold_header(known) == bare)
    }
}

/// The fields that a table of this kind may hold.
pub fn fields_of(kind: InputKind) -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(move |field| field.is_for(kind))
}

/// Headers known for a kind, folded.
pub(super) fn known_headers(kind: InputKind) -> Vec<String> {
    fields_of(kind).flat_map(|field| field.headers.iter().map(|header| fold_header(header))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_announces_two_fields_of_one_kind() {
        for kind in [InputKind::Questionnaire, InputKind::Recommendation] {
            for field in fields_of(kind) {
                for header in field.headers {
                    let announced: Vec<&str> =
                        fields_of(kind).filter(|other| other.is_announced_by(header)).map(|other| other.code).collect();
                    assert_eq!(announced, [field.code], "{header}");
                }
            }
        }
    }

    #[test]
    fn every_question_has_a_field_and_every_code_known_has_words() {
        let mut asked: Vec<Question> = FIELDS.iter().filter_map(Field::question).collect();
        asked.sort_unstable();
        assert_eq!(asked, Question::ALL);
        for of_format in formats::questionnaire::QUESTIONS {
            let question = Question::from_code(of_format.name).unwrap();
            let codes: Vec<String> = question.answers().iter().map(|(code, _)| (*code).to_owned()).collect();
            assert_eq!(codes, of_format.codes().collect::<Vec<_>>(), "{}", of_format.name);
        }
    }

    #[test]
    fn headers_are_known_however_they_are_typed() {
        for (header, code) in [
            ("Date de\nNaissance", "birth_date"),
            ("NOM*", "family_name"),
            ("prénom\u{a0}bénéficiaire", "first_names"),
            ("N°\nTéléphones", "phone"),
            ("ID PÔLE EMPLOI", "identifier"),
            ("difsoc 3", "social_difficulties"),
        ] {
            let found = fields_of(InputKind::Questionnaire).find(|field| field.is_announced_by(header));
            assert_eq!(found.map(|field| field.code), Some(code), "{header}");
        }
    }
}
