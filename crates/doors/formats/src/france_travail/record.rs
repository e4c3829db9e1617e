use jiff::civil::{Date, DateTime};

/// How the file writes nothing.
const NOTHING: &str = "NULL";

/// What a column holds.
pub(super) trait Value: Sized {
    /// What a cell of this kind looks like, in French.
    const FORM: &'static str;

    fn parse(text: &str) -> Option<Self>;
    fn write(&self) -> String;
}

impl Value for String {
    const FORM: &'static str = "un texte";

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn write(&self) -> String {
        // A line is a record.
        self.replace(['\r', '\n'], " ")
    }
}

impl Value for bool {
    const FORM: &'static str = "O ou N";

    fn parse(text: &str) -> Option<Self> {
        match text {
            "O" => Some(true),
            "N" => Some(false),
            _ => None,
        }
    }

    fn write(&self) -> String {
        if *self { "O" } else { "N" }.to_owned()
    }
}

impl Value for DateTime {
    const FORM: &'static str = "une date comme 2026-10-20 00:00:00.0";

    fn parse(text: &str) -> Option<Self> {
        if text.len() == 10 {
            return text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0));
        }
        text.as_bytes().get(10).filter(|byte| **byte == b' ')?;
        text.replacen(' ', "T", 1).parse().ok()
    }

    fn write(&self) -> String {
        let fraction = format!("{:09}", self.subsec_nanosecond());
        let fraction = fraction.trim_end_matches('0');
        let fraction = if fraction.is_empty() { "0" } else { fraction };
        format!("{}.{fraction}", self.strftime("%Y-%m-%d %H:%M:%S"))
    }
}

/// A cell: nothing, or a value of its kind.
pub(super) fn read_cell<T: Value>(text: &str) -> Option<Option<T>> {
    let text = text.trim();
    if text.is_empty() || text == NOTHING { Some(None) } else { T::parse(text).map(Some) }
}

pub(super) fn write_cell<T: Value>(value: Option<&T>) -> String {
    value.map_or_else(|| NOTHING.to_owned(), Value::write)
}

macro_rules! columns {
    ($($(#[$doc:meta])* $field:ident: $kind:ty = $column:literal,)+) => {
        /// Names of the columns, in their order. The spelling `appelation` is the file's.
        pub const COLUMNS: [&str; [$($column),+].len()] = [$($column),+];

        /// A line of the file; what it does not say is absent.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct Record {
            $($(#[$doc])* pub $field: Option<$kind>,)+
        }

        impl Record {
            /// Reads cells in the order of [`COLUMNS`]. The error is the column and what it should hold.
            pub(super) fn read<'a>(mut cell: impl FnMut(usize) -> std::borrow::Cow<'a, str>) -> Result<Self, (usize, &'static str)> {
                let mut position = 0..COLUMNS.len();
                Ok(Self {
                    $($field: {
                        let at = position.next().unwrap_or_default();
                        read_cell::<$kind>(&cell(at)).ok_or((at, <$kind as Value>::FORM))?
                    },)+
                })
            }

            /// The cells in the order of [`COLUMNS`].
            pub(super) fn cells(&self) -> [String; COLUMNS.len()] {
                [$(write_cell(self.$field.as_ref())),+]
            }
        }
    };
}

columns! {
    /// What joins the file of one month to that of the next.
    identifier: String = "identifiant_unique_de",
    title: String = "civilite",
    last_name: String = "nom",
    first_name: String = "prenom",
    birth_place: String = "lieu_naissance",
    birth_place_code: String = "code_lieu_naissance",
    birth_date: DateTime = "date_naissance",
    address_line_2: String = "adresse_ligne2",
    address_line_3: String = "adresse_ligne3",
    address_line_4: String = "adresse_ligne4",
    address_line_5: String = "adresse_ligne5",
    address_line_6: String = "adresse_ligne6",
    department: String = "departement",
    region: String = "dr",
    job_code_1: String = "rome_1",
    job_label_1: String = "appelation_rome_1",
    job_code_2: String = "rome_2",
    job_label_2: String = "appelation_rome_2",
    main_line_of_work: String = "mrech.axetravailprincipal",
    second_line_of_work: String = "mrech.axetravailsecondaire",
    last_plan_interview: DateTime = "der_entretien_ppae",
    last_interview: DateTime = "der_entretien",
    registered: DateTime = "inscription",
    reason: String = "code_motif_inscription",
    reason_label: String = "motif_inscription",
    category: String = "categorie_inscription",
    structure: String = "struct_principale",
    referent_title: String = "referent_civilite",
    referent_last_name: String = "referent_nom",
    referent_first_name: String = "referent_prenom",
    referent_email: String = "referent_mail",
    agency_code: String = "code_safir",
    support_kind: String = "modalite_accompagnement",
    support_structure: String = "struct_suivi",
    support_since: DateTime = "suivi_debut",
    support_until: DateTime = "suivi_fin_prev",
    financial_difficulty: bool = "dif_financiere",
    administrative_difficulty: bool = "dif_admin_jur",
    health_difficulty: bool = "dif_sante",
    housing_difficulty: bool = "dif_logement",
    transport_difficulty: bool = "dif_transport",
    communication_difficulty: bool = "dif_inser_com",
    family_difficulty: bool = "dif_familiale",
    /// Known to France Travail as covered by RSA.
    covered_by_rsa: bool = "brsa",
}
