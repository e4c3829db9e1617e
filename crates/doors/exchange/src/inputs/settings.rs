//! The choices a file is read with: proposed from its header and from what was chosen for the same sender before, changed
//! by whoever brings it in, kept with the import.

use std::collections::BTreeMap;
use std::path::Path;

use formats::table::{self, Options, Table, fold_header};
use serde::{Deserialize, Serialize};
use support::inputs::InputKind;

use super::fields::{Field, fields_of, known_headers};

/// The choices. As TOML:
///
/// ```toml
/// sheet = "Export"
///
/// [columns]
/// "Nom de l’allocataire" = "family_name"
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The sheet to read, when a workbook has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// What each column holds, by its header. A column left out is not read.
    pub columns: BTreeMap<String, String>,
}

/// What is wrong with the choices.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("le fichier n’a pas de colonne « {0} » : corrigez la correspondance des colonnes")]
    NoSuchColumn(String),
    #[error("« {0} » n’est pas une donnée que ce fichier peut contenir : corrigez la correspondance des colonnes")]
    NoSuchField(String),
    #[error("deux colonnes sont données pour « {0} » : gardez-en une")]
    Twice(&'static str),
    #[error(
        "aucune colonne ne dit de qui parle la ligne : indiquez le NIR, l’identifiant France Travail, ou le nom, le prénom et la date de naissance"
    )]
    NobodyNamed,
    #[error("aucune colonne ne contient de réponse ou de préconisation : indiquez-en au moins une")]
    NothingSaid,
}

/// A table with the choices proposed for it.
#[derive(Clone, Debug)]
pub struct Layout {
    pub table: Table,
    pub proposed: Settings,
}

/// Reads a table and proposes what its columns hold: as `remembered` for the same sender, else by their headers.
///
/// # Errors
/// When the file gives no table.
pub fn inspect(
    path: &Path,
    kind: InputKind,
    remembered: Option<&Settings>,
    sheet: Option<&str>,
) -> Result<Layout, super::Error> {
    let bytes = read_bounded(path)?;
    let mut known = known_headers(kind);
    known.extend(remembered.into_iter().flat_map(|settings| settings.columns.keys().map(|header| fold_header(header))));
    let sheet = sheet.or(remembered.and_then(|settings| settings.sheet.as_deref()));
    let table = table::read(&bytes, Options { sheet, known_headers: &known })?;
    let columns = propose(kind, &table.header, remembered);
    let proposed = Settings { sheet: table.sheet.clone(), columns };
    Ok(Layout { table, proposed })
}

/// The bytes of a file no larger than what a table may be.
pub(super) fn read_bounded(path: &Path) -> Result<Vec<u8>, super::Error> {
    if std::fs::metadata(path)?.len() > table::BYTES_AT_MOST {
        return Err(table::Refusal::TooLarge.into());
    }
    Ok(std::fs::read(path)?)
}

fn propose(kind: InputKind, header: &[String], remembered: Option<&Settings>) -> BTreeMap<String, String> {
    let before: BTreeMap<String, &str> = remembered
        .into_iter()
        .flat_map(|settings| settings.columns.iter().map(|(header, field)| (fold_header(header), field.as_str())))
        .collect();
    let mut taken: Vec<&str> = Vec::new();
    let mut columns = BTreeMap::new();
    for name in header {
        let found =
            before.get(&fold_header(name)).and_then(|code| Field::find(code)).filter(|field| field.is_for(kind));
        let found = found.or_else(|| fields_of(kind).find(|field| field.is_announced_by(name)));
        if let Some(field) = found.filter(|field| field.many || !taken.contains(&field.code)) {
            taken.push(field.code);
            columns.insert(name.clone(), field.code.to_owned());
        }
    }
    columns
}

impl Settings {
    /// The column of each field, by the header of a table.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn resolve(&self, kind: InputKind, header: &[String]) -> Result<Vec<(usize, &'static Field)>, SettingsError> {
        let mut found: Vec<(usize, &'static Field)> = Vec::with_capacity(self.columns.len());
        for (name, code) in &self.columns {
            let field = Field::find(code)
                .filter(|field| field.is_for(kind))
                .ok_or_else(|| SettingsError::NoSuchField(code.clone()))?;
            let position = header
                .iter()
                .position(|known| known == name)
                .or_else(|| header.iter().position(|known| fold_header(known) == fold_header(name)))
                .ok_or_else(|| SettingsError::NoSuchColumn(name.clone()))?;
            if !field.many && found.iter().any(|(_, known)| known.code == field.code) {
                return Err(SettingsError::Twice(field.label));
            }
            found.push((position, field));
        }
        let has = |code: &str| found.iter().any(|(_, field)| field.code == code);
        let identity = (has("family_name") || has("birth_name")) && has("first_names") && has("birth_date");
        if !has("nir") && !has("identifier") && !identity {
            return Err(SettingsError::NobodyNamed);
        }
        const WHO_AND_WHEN: [&str; 9] =
            ["nir", "identifier", "family_name", "birth_name", "first_names", "birth_date", "phone", "email", "date"];
        if found.iter().all(|(_, field)| WHO_AND_WHEN.contains(&field.code)) {
            return Err(SettingsError::NothingSaid);
        }
        found.sort_by_key(|(position, _)| *position);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn columns(pairs: &[(&str, &str)]) -> Settings {
        let columns = pairs.iter().map(|(name, code)| ((*name).to_owned(), (*code).to_owned())).collect();
        Settings { sheet: None, columns }
    }

    #[test]
    fn columns_are_proposed_by_header_then_by_memory() {
        let names = header(&["Nom", "Prénom", "Né le", "DIFSOC1", "DIFSOC2", "Toit", "Nom d'usage"]);
        let proposed = propose(InputKind::Questionnaire, &names, None);
        assert_eq!(proposed.get("DIFSOC2").map(String::as_str), Some("social_difficulties"));
        assert_eq!(proposed.get("Toit"), None);
        // The second column of one field waits for somebody to choose.
        assert_eq!(proposed.get("Nom d'usage"), None);
        let before = columns(&[("TOIT", "housing")]);
        let proposed = propose(InputKind::Questionnaire, &names, Some(&before));
        assert_eq!(proposed.get("Toit").map(String::as_str), Some("housing"));
    }

    #[test]
    fn choices_that_cannot_be_are_refused_with_their_reason() {
        let names = header(&["Nom", "Prénom", "Né le", "Toit"]);
        let who = [("Nom", "family_name"), ("Prénom", "first_names"), ("Né le", "birth_date")];
        let with =
            |more: &[(&str, &str)]| columns(&[&who[..], more].concat()).resolve(InputKind::Questionnaire, &names);
        assert!(with(&[("Toit", "housing")]).is_ok());
        assert_eq!(with(&[]), Err(SettingsError::NothingSaid));
        assert_eq!(with(&[("Absent", "housing")]), Err(SettingsError::NoSuchColumn("Absent".to_owned())));
        assert_eq!(with(&[("Toit", "path")]), Err(SettingsError::NoSuchField("path".to_owned())));
        assert_eq!(with(&[("Toit", "birth_date")]), Err(SettingsError::Twice("Date de naissance")));
        let nobody = columns(&[("Toit", "housing")]).resolve(InputKind::Questionnaire, &names);
        assert_eq!(nobody, Err(SettingsError::NobodyNamed));
    }
}
