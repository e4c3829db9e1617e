//! Why a file, or one household of it, is not taken. The texts are in French: they go on screen and in the report.

use base::fr;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A place in the file: the beginning of a household, or the end of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// How many households come before.
    pub index: u64,
    /// From 1.
    pub line: u64,
    /// In bytes from the beginning of the file.
    pub offset: u64,
}

/// One household that is not valid; the others go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("ligne {line} : dossier {}, {path} : {message}", claim_number.as_deref().unwrap_or("sans numéro lisible"))]
pub struct HouseholdError {
    /// Where the household begins.
    pub position: Position,
    /// Line of the fault, from 1.
    pub line: u64,
    /// `NUMDEMRSA`, when it can be read.
    pub claim_number: Option<String>,
    /// Element at fault, from the household down: `Personne[2]/Identification/DTNAI`.
    pub path: String,
    /// What is wrong and how to mend it. Quotes no NIR and nothing of what the product drops.
    pub message: String,
}

/// A file that is not taken at all.
#[derive(Debug, thiserror::Error)]
#[error("{}{reason}", line.map_or_else(String::new, |line| format!("ligne {line} : ")))]
pub struct Refusal {
    /// From 1; none when the whole file is at fault.
    pub line: Option<u64>,
    pub reason: Reason,
}

impl Refusal {
    pub(super) fn at(line: u64, reason: Reason) -> Self {
        Self { line: Some(line), reason }
    }

    pub(super) fn whole(reason: Reason) -> Self {
        Self { line: None, reason }
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::whole(Reason::Unreadable(error))
    }
}

/// What makes a file unusable.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    #[error("la lecture du fichier a échoué ({0}) : vérifier le fichier et recommencer")]
    Unreadable(std::io::Error),
    #[error("le fichier est vide : redemander son envoi")]
    Empty,
    #[error("le fichier n’est pas du XML : choisir le fichier reçu de la CAF ou de la MSA, décompressé")]
    NotXml,
    #[error("encodage « {0} » non prévu : le fichier doit être en windows-1252 ou en UTF-8")]
    Encoding(String),
    #[error("déclaration DOCTYPE refusée : le flux n’en contient pas")]
    Doctype,
    #[error("la racine est « {0} » au lieu de « Racine » : ce n’est pas un flux bénéficiaires")]
    Root(String),
    #[error("en-tête « IdentificationFlux » attendu avant le premier foyer, « {0} » reçu")]
    HeaderMissing(String),
    #[error("en-tête du fichier incorrect, {path} : {message}")]
    Header { path: String, message: String },
    #[error("fin de fichier incorrecte, {path} : {message}")]
    Footer { path: String, message: String },
    #[error("le fichier s’arrête après {}, sans sa fin : il est tronqué, redemander son envoi", count(*.households))]
    Truncated { households: u64 },
    #[error("totaux « TransmissionFlux » absents de la fin du fichier : redemander son envoi")]
    FooterMissing,
    #[error("élément « {0} » inattendu : seuls des foyers, puis les totaux, suivent l’en-tête")]
    UnexpectedElement(String),
    #[error("contenu inattendu {0}")]
    UnexpectedContent(&'static str),
    #[error("XML mal formé : {0}")]
    IllFormed(String),
    #[error("foyer de plus de {0} Mo : sa balise de fin manque sans doute")]
    TooLarge(usize),
    #[error(
        "date de référence ({}) postérieure à la date de création ({}) : fichier incohérent, redemander son envoi",
        fr::date_long(*.reference_date),
        fr::date_long(*.created_on)
    )]
    DatesReversed { reference_date: Date, created_on: Date },
    #[error(
        "total annoncé : {} ; lu : {} ; {}le redemander, ou l’accepter tel quel",
        count(u64::from(*.announced)),
        count(*.read),
        if *.read < u64::from(*.announced) { "le fichier est sans doute tronqué : " } else { "" }
    )]
    CountMismatch { announced: u32, read: u64 },
}

/// « aucun foyer », « 1 foyer », « 85 000 foyers ».
fn count(households: u64) -> String {
    if households == 0 { "aucun foyer".to_owned() } else { fr::count(households, "foyer", "foyers") }
}
