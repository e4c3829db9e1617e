use super::rules;
use crate::{OutOfRange, Parameter, Rule, Unit};

/// Declares each number once: its setting, its field, its bounds.
macro_rules! numbers {
    ($($(#[$doc:meta])* $field:ident: $rule:ident, $label:literal, $unit:ident, $default:literal in $least:literal..=$most:literal;)+) => {
        /// What [`Settings::read`] asks for.
        pub const PARAMETERS: &[Parameter] = &[$(Parameter {
            name: concat!("apprenticeship.", stringify!($field)),
            rule: rules::$rule.code,
            label_fr: $label,
            unit: Unit::$unit,
            default: $default,
            bounds: ($least, $most),
            citation: cited(rules::$rule),
            certainty: rules::$rule.certainty,
        }),+];

        /// The numbers in force.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct Settings { $($(#[$doc])* pub $field: u16),+ }

        impl Settings {
            /// The numbers that the settings give, by parameter name; the default where they give none.
            ///
            /// # Errors
            /// The first setting outside its bounds.
            pub fn read(setting: impl Fn(&str) -> Option<u16>) -> Result<Self, OutOfRange> {
                let mut read = Self::default();
                let mut parameters = PARAMETERS.iter();
                $(if let Some(parameter) = parameters.next() {
                    read.$field = parameter.value(setting(parameter.name))?;
                })+
                Ok(read)
            }
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }
    };
}

const fn cited(rule: Rule) -> &'static str {
    rule.citation
}

numbers! {
    free_break_days: FREE_BREAK, "Rupture libre\u{a0}: jours de formation pratique", Days, 45 in 1..=120;
    months_without_contract: WITHOUT_CONTRACT, "Temps de formation sans contrat", Months, 3 in 1..=12;
    months_after_break: AFTER_BREAK, "Formation après une rupture", Months, 6 in 1..=12;
    /// Working days (Monday to Saturday, without public holidays).
    deposit_days: DEPOSIT, "Transmission du contrat d’apprentissage\u{a0}: jours ouvrables", Days, 5 in 1..=30;
    start_months: START, "Début de la pratique et des cours après le début du contrat", Months, 3 in 1..=12;
    last_invoice_months: LAST_INVOICE, "Dernière facture après la fin du contrat", Months, 4 in 1..=12;
    training_percent: TRAINING_SHARE, "Part de la formation dans le contrat d’apprentissage", Hundredths, 25 in 1..=100;
    age_from: AGE, "Âge le plus bas au début du contrat", Years, 16 in 14..=18;
    age_to: AGE, "Âge le plus haut au début du contrat, compris", Years, 29 in 20..=40;
    age_to_following: AGE, "Âge le plus haut d’un contrat qui en suit un autre, compris", Years, 35 in 20..=50;
    following_months: AGE, "Délai entre deux contrats au-delà de l’âge ordinaire", Months, 12 in 1..=24;
    months_from: DURATION, "Durée la plus courte du contrat", Months, 6 in 1..=12;
    months_to: DURATION, "Durée la plus longue du contrat", Months, 36 in 12..=48;
    months_to_disabled: DURATION, "Durée la plus longue, travailleur handicapé", Months, 48 in 12..=60;
    extension_months: EXTENSION, "Prolongation après un échec, au plus", Months, 12 in 1..=24;
    other_hosts: HOSTS, "Autres entreprises d’accueil, au plus", Count, 2 in 0..=10;
    other_hosts_group: HOSTS, "Entreprises membres, pour un groupement d’employeurs, au plus", Count, 3 in 0..=10;
    hosts_percent: HOSTS, "Part du temps en entreprise passée ailleurs, au plus", Hundredths, 50 in 0..=100;
    tutor_years_with_diploma: TUTOR, "Pratique du maître d’apprentissage diplômé", Years, 1 in 0..=10;
    tutor_years: TUTOR, "Pratique du maître d’apprentissage sans le diplôme", Years, 2 in 0..=10;
    tutor_apprentices: TUTOR_LOAD, "Apprentis par maître d’apprentissage", Count, 2 in 1..=10;
    tutor_repeating: TUTOR_LOAD, "En plus, apprentis en prolongation", Count, 1 in 0..=10;
    pro_tutor_years: PRO_TUTOR, "Expérience du tuteur de professionnalisation", Years, 2 in 0..=10;
    pro_tutor_people: PRO_TUTOR, "Personnes par tuteur de professionnalisation", Count, 3 in 1..=10;
    pro_employer_people: PRO_TUTOR, "Personnes par employeur tuteur", Count, 2 in 1..=10;
    pro_age_to: PRO_CONDITIONS, "Âge le plus haut sans condition, compris", Years, 25 in 18..=40;
    pro_months_from: PRO_CONDITIONS, "Contrat de professionnalisation\u{a0}: durée la plus courte", Months, 6 in 1..=12;
    pro_months_to: PRO_CONDITIONS, "Contrat de professionnalisation\u{a0}: durée la plus longue", Months, 12 in 6..=36;
    pro_months_to_priority: PRO_CONDITIONS, "Durée la plus longue, publics prioritaires", Months, 36 in 12..=48;
    pro_percent_from: PRO_CONDITIONS, "Part de la formation, au moins", Hundredths, 15 in 1..=100;
    pro_percent_to: PRO_CONDITIONS, "Part de la formation, au plus", Hundredths, 25 in 1..=100;
    pro_hours: PRO_CONDITIONS, "Heures de formation, au moins", Hours, 150 in 1..=2000;
    pro_deposit_days: PRO_DEPOSIT, "Dépôt du contrat de professionnalisation", Days, 5 in 1..=30;
    pro_answer_days: PRO_DEPOSIT, "Réponse de l’opérateur de compétences", Days, 20 in 1..=60;
    /// Hundredths of a euro.
    pro_hour_price: PRO_PRICE, "Heure de formation, en centimes d’euro", Count, 915 in 1..=10000;
    /// Hundredths of a euro.
    pro_hour_price_priority: PRO_PRICE, "Heure de formation des publics prioritaires, en centimes d’euro", Count, 1500 in 1..=10000;
    pay_under_18_1: PAY, "Avant 18\u{a0}ans, 1re\u{a0}année", Hundredths, 27 in 1..=200;
    pay_under_18_2: PAY, "Avant 18\u{a0}ans, 2e\u{a0}année", Hundredths, 39 in 1..=200;
    pay_under_18_3: PAY, "Avant 18\u{a0}ans, 3e\u{a0}année", Hundredths, 55 in 1..=200;
    pay_under_21_1: PAY, "De 18 à 20\u{a0}ans, 1re\u{a0}année", Hundredths, 43 in 1..=200;
    pay_under_21_2: PAY, "De 18 à 20\u{a0}ans, 2e\u{a0}année", Hundredths, 51 in 1..=200;
    pay_under_21_3: PAY, "De 18 à 20\u{a0}ans, 3e\u{a0}année", Hundredths, 67 in 1..=200;
    pay_under_26_1: PAY, "De 21 à 25\u{a0}ans, 1re\u{a0}année", Hundredths, 53 in 1..=200;
    pay_under_26_2: PAY, "De 21 à 25\u{a0}ans, 2e\u{a0}année", Hundredths, 61 in 1..=200;
    pay_under_26_3: PAY, "De 21 à 25\u{a0}ans, 3e\u{a0}année", Hundredths, 78 in 1..=200;
    pay_from_26: PAY, "À partir de 26\u{a0}ans", Hundredths, 100 in 1..=200;
    /// Hundredths of a euro, before deductions.
    smic_hour: SMIC, "SMIC horaire brut, en centimes d’euro", Count, 1202 in 500..=5000;
    funding_first_percent: FUNDING, "Premier versement", Hundredths, 40 in 0..=100;
    funding_second_percent: FUNDING, "Deuxième versement", Hundredths, 30 in 0..=100;
    funding_third_percent: FUNDING, "Troisième versement", Hundredths, 20 in 0..=100;
    funding_second_month: FUNDING, "Deuxième versement\u{a0}: mois du contrat", Count, 7 in 2..=12;
    funding_third_month: FUNDING, "Troisième versement\u{a0}: mois du contrat", Count, 10 in 2..=12;
    funding_short_percent: FUNDING, "Avance d’un contrat de moins d’un an", Hundredths, 50 in 0..=100;
    class_weeks: ALTERNATION, "Semaines de cours de suite", Weeks, 1 in 1..=12;
    field_weeks: ALTERNATION, "Semaines sur le terrain de suite", Weeks, 3 in 1..=12;
    notice_days: NOTICE, "Préavis pour déplacer une séance", Days, 7 in 0..=60;
    warning_days: WARNING, "Délai pressant avant sa fin", Days, 10 in 1..=60;
    accreditation_warning_months: WARNING, "Fin d’habilitation ou d’agrément pressante avant son terme", Months, 6 in 1..=24;
}
