//! The header: which row it is, and what its texts have in common however they are typed.

use std::collections::{HashMap, HashSet};

use base::fold;

use super::{COLUMNS_AT_MOST, Cell, HEADER_WITHIN, ROWS_AT_MOST, Raw, Refusal, Remark, Row, Table};

/// A header as compared: `N°` says « numéro »; case, accents, blanks, line breaks, apostrophes, hyphens, asterisks and
/// brackets do not count.
pub fn fold_header(text: &str) -> String {
    let numbered = text.replace("n°", "numero ").replace("N°", "numero ").replace("nº", "numero ");
    fold(&numbered)
}

/// Names made different from one another; an unnamed column is named after its rank.
pub fn unique_headers(names: &[String]) -> (Vec<String>, Vec<Remark>) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut remarks = Vec::new();
    let unique = names.iter().enumerate().map(|(rank, name)| {
        let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = if name.is_empty() { format!("Colonne {}", rank + 1) } else { name };
        let count = seen.entry(fold_header(&name)).or_default();
        *count += 1;
        match *count {
            1 => name,
            count => {
                remarks.push(Remark::DuplicateHeader(name.clone()));
                format!("{name} ({count})")
            }
        }
    });
    (unique.collect(), remarks)
}

/// How much a row looks like a header: known names first, then filled texts.
fn likeness(cells: &[Cell], known: &HashSet<&str>) -> (usize, usize) {
    let texts = cells.iter().filter(|cell| matches!(cell, Cell::Text(_)) && !cell.is_empty());
    let folded: HashSet<String> = texts.map(|cell| fold_header(&cell.text())).collect();
    (folded.iter().filter(|name| known.contains(name.as_str())).count(), folded.len())
}

/// The header row: the one with most known names; when no name is known anywhere, the first with two texts.
pub(super) fn find(raw: Raw, known: &[String]) -> Result<Table, Refusal> {
    let known: HashSet<&str> = known.iter().map(String::as_str).collect();
    let Raw { form, sheet, rows, since_1904, mut remarks } = raw;
    if rows.is_empty() {
        return Err(Refusal::Empty);
    }
    let first = rows.iter().take(HEADER_WITHIN).map(|(_, cells)| likeness(cells, &known));
    let mut best: Option<(usize, usize)> = None;
    for (position, (names, _)) in first.clone().enumerate() {
        if names > 0 && best.is_none_or(|(_, most)| names > most) {
            best = Some((position, names));
        }
    }
    let position = match best {
        Some((position, _)) => position,
        None => first.clone().position(|(_, texts)| texts >= 2).ok_or(Refusal::NoHeader)?,
    };
    let (header_row, header_cells) = &rows[position];
    let header_row = *header_row;
    let texts: Vec<String> = header_cells.iter().map(|cell| cell.text().into_owned()).collect();
    let folded: Vec<String> = texts.iter().map(|text| fold_header(text)).collect();
    let (header, duplicates) = unique_headers(&texts);
    if position > 0 {
        remarks.push(Remark::TitleLines(position as u64));
    }
    remarks.extend(duplicates);
    let mut found = Vec::with_capacity(rows.len() - position);
    let last = rows.len() - 1;
    for (rank, (number, mut cells)) in rows.into_iter().enumerate().skip(position + 1) {
        if cells.len() == folded.len()
            && cells.iter().zip(&folded).all(|(cell, name)| fold_header(&cell.text()) == *name)
        {
            remarks.push(Remark::HeaderRepeated { row: number });
            continue;
        }
        if rank == last && is_total(&cells) {
            remarks.push(Remark::TotalLine { row: number });
            continue;
        }
        cells.resize(header.len().min(COLUMNS_AT_MOST), Cell::Empty);
        if cells.iter().all(Cell::is_empty) {
            continue;
        }
        found.push(Row { number, cells });
        if found.len() > ROWS_AT_MOST {
            return Err(Refusal::TooManyRows);
        }
    }
    if found.is_empty() {
        return Err(Refusal::NoRows { header_row });
    }
    Ok(Table { form, sheet, header, header_row, rows: found, since_1904, remarks })
}

/// « Total », « Total général : 12 »…, with little else in the row.
fn is_total(cells: &[Cell]) -> bool {
    let mut filled = cells.iter().filter(|cell| !cell.is_empty());
    let first = filled.next().map(|cell| fold(&cell.text())).unwrap_or_default();
    (first == "total" || first.starts_with("total ") || first == "nombre de lignes") && filled.count() <= 2
}
