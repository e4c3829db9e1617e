use thiserror::Error;

/// Why a document cannot be printed. The messages are for whoever asked for it.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Error {
    #[error(
        "Le caractère « {character} » (U+{:04X}) ne peut pas être imprimé. Il figure dans\u{a0}: « {text} ». Remplacez-le, puis recommencez.",
        u32::from(*.character)
    )]
    Character { character: char, text: String },
    #[error("Un document imprimé doit avoir un titre.")]
    NoTitle,
    #[error("Une sous-partie (« {0} ») doit suivre le titre d’une partie.")]
    SubsectionAlone(String),
    #[error("Le tableau « {table} » a {columns} colonnes, mais sa ligne {row} a {cells} cases.")]
    Cells { table: String, columns: usize, row: usize, cells: usize },
    #[error("Le tableau « {0} » n’a pas de colonne.")]
    NoColumns(String),
    /// The validators of PDF/A-2a and PDF/UA-1 refuse the file: a fault of the program, never of what was typed in.
    #[error("Le document ne respecte pas les normes PDF/A-2a et PDF/UA-1\u{a0}: {0}.")]
    NotConforming(String),
}
