//! From bytes to lines: encoding, separator, header, kind of file.

use super::{File, Problem};
use crate::kind::Description;
use crate::{Cells, FactKind};

/// A file whose header was recognised.
#[derive(Debug)]
pub(super) struct Sheet {
    pub name: String,
    pub kind: FactKind,
    pub lines: Vec<(u64, Cells)>,
}

/// Columns of the evidence, in every file.
const EVIDENCE: [&str; 4] = ["certainty", "dates_certainty", "source", "note"];

/// Reads a file: UTF-8 (with or without mark), UTF-16 with its mark, or windows-1252; separated by `;`, `,`
/// or tabulations.
pub(super) fn sheet(file: &File) -> Result<Sheet, Vec<Problem>> {
    let whole = |reason: String| vec![Problem { file: file.name.clone(), line: 0, column: String::new(), reason }];
    let text = decode(&file.bytes);
    if text.trim().is_empty() {
        return Err(whole("Ce fichier est vide\u{a0}: vérifiez que vous avez choisi le bon.".to_owned()));
    }
    if text.contains('\0') {
        return Err(whole("Ce fichier n’est pas un fichier CSV\u{a0}: dans le tableur, enregistrez-le au format «\u{a0}CSV UTF-8\u{a0}».".to_owned()));
    }
    let separator = separator_of(&text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(|header| header.to_lowercase()).collect(),
        Err(error) => return Err(whole(format!("L’en-tête est illisible\u{a0}: {error}."))),
    };
    let Some(description) = recognise(&headers) else {
        return Err(whole(unknown_header(&headers)));
    };
    let mut problems = header_problems(file, &headers, &description);
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let reason = "Cette ligne est illisible\u{a0}: vérifiez les guillemets et les séparateurs.".to_owned();
                problems.push(Problem { file: file.name.clone(), line, column: String::new(), reason });
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() > headers.len() && record.iter().skip(headers.len()).any(|cell| !cell.is_empty()) {
            let reason = format!(
                "Cette ligne a {} colonnes, l’en-tête {}\u{a0}: mettez entre guillemets les textes qui contiennent le séparateur «\u{a0}{}\u{a0}».",
                record.len(),
                headers.len(),
                char::from(separator)
            );
            problems.push(Problem { file: file.name.clone(), line, column: String::new(), reason });
            continue;
        }
        let cells = headers.iter().zip(&record).filter(|(header, _)| !header.is_empty());
        lines.push((line, cells.map(|(header, cell)| (header.clone(), cell.to_owned())).collect()));
    }
    if lines.is_empty() && problems.is_empty() {
        problems = whole("Ce fichier n’a que son en-tête\u{a0}: ajoutez-y des lignes.".to_owned());
    }
    if problems.is_empty() {
        Ok(Sheet { name: file.name.clone(), kind: description.kind, lines })
    } else {
        Err(problems)
    }
}

fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// The candidate that the header holds most of.
fn separator_of(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// The kind whose signature the header holds; the longest signature wins.
fn recognise(headers: &[String]) -> Option<Description> {
    let held = |column: &&str| headers.iter().any(|header| header == column);
    FactKind::ALL
        .iter()
        .map(|kind| kind.description())
        .filter(|description| description.layout.signature.iter().all(held))
        .max_by_key(|description| description.layout.signature.len())
}

fn unknown_header(headers: &[String]) -> String {
    let known: Vec<String> = FactKind::ALL
        .iter()
        .map(|kind| {
            let layout = kind.description().layout;
            format!("{} ({})", layout.name, layout.signature.join(", "))
        })
        .collect();
    format!(
        "L’en-tête «\u{a0}{}\u{a0}» n’est celui d’aucun fichier connu. Fichiers connus, avec les colonnes qui les font reconnaître\u{a0}: {}.",
        headers.join(", "),
        known.join("\u{202f}; ")
    )
}

/// A misspelt column would be lost without a word: it is refused.
fn header_problems(file: &File, headers: &[String], description: &Description) -> Vec<Problem> {
    let layout = &description.layout;
    let mut known: Vec<&str> = vec![layout.subject];
    known.extend(layout.from);
    known.extend(layout.to);
    known.extend(description.fields.iter().map(|field| field.column));
    if description.kind == FactKind::StructureProfile {
        known.push("kind");
    }
    known.extend(EVIDENCE);
    let mut problems = Vec::new();
    for (position, header) in headers.iter().enumerate() {
        let reason = if !header.is_empty() && !known.contains(&header.as_str()) {
            format!(
                "La colonne «\u{a0}{header}\u{a0}» est inconnue dans ce fichier. Colonnes possibles\u{a0}: {}.",
                known.join(", ")
            )
        } else if !header.is_empty() && headers[..position].contains(header) {
            format!("La colonne «\u{a0}{header}\u{a0}» apparaît deux fois\u{a0}: gardez-en une.")
        } else {
            continue;
        };
        problems.push(Problem { file: file.name.clone(), line: 1, column: header.clone(), reason });
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> File {
        File { name: "essai.csv".to_owned(), bytes: bytes.to_vec() }
    }

    #[test]
    fn encodings_and_separators_as_spreadsheets_write_them() {
        let line = "structure;commune;valid_from;note\nali-épinay;93031;01/10/2023;Périmètre\n";
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(line.replace(';', "\t").encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let windows = encoding_rs::WINDOWS_1252.encode(line).0.into_owned();
        for bytes in [
            line.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", line.as_bytes()].concat(),
            windows,
            line.replace(';', ",").into_bytes(),
            utf16,
        ] {
            let sheet = sheet(&file(&bytes)).unwrap();
            assert_eq!(sheet.kind, FactKind::Sector);
            assert_eq!(sheet.lines.len(), 1);
            assert_eq!(sheet.lines[0].1["structure"], "ali-épinay");
            assert_eq!(sheet.lines[0].0, 2);
        }
    }

    #[test]
    fn each_kind_is_known_by_its_header() {
        for kind in FactKind::ALL {
            let layout = kind.description().layout;
            let text = format!("{}\n{}\n", layout.signature.join(","), vec!["x"; layout.signature.len()].join(","));
            assert_eq!(sheet(&file(text.as_bytes())).unwrap().kind, *kind, "{}", layout.name);
        }
    }

    #[test]
    fn wrong_files_are_explained() {
        for (bytes, word) in [
            (&b""[..], "vide"),
            (b"structure,commune\n", "en-t\u{ea}te"),
            (b"a,b\n1,2\n", "aucun fichier connu"),
            (b"structure,commune,valide_from\nx,y,2023-01-01\n", "valide_from"),
            (b"structure,commune,note\nx,y,z,t\n", "guillemets"),
            (b"structure,commune,note,note\nx,y,z,t\n", "deux fois"),
            (b"PK\x03\x04\0\0\0", "CSV"),
        ] {
            let problems = sheet(&file(bytes)).unwrap_err();
            assert!(problems.iter().any(|problem| problem.reason.contains(word)), "{word}: {problems:?}");
        }
    }
}
