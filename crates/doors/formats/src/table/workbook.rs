//! Workbooks: XLSX (with or without macros, which are never looked at), XLS, ODS.

use std::io::{Cursor, Read};

use calamine::{Data, DataRef, ExcelDateTime, Range, Reader, SheetType, SheetVisible, Sheets, Xlsx};
use jiff::civil::Date;
use zip::ZipArchive;

use super::{BYTES_AT_MOST, COLUMNS_AT_MOST, Cell, Form, HEADER_WITHIN, ROWS_AT_MOST, Raw, Refusal, Remark};

type Rows = Vec<(u64, Vec<Cell>)>;

fn unreadable(problem: impl std::fmt::Display) -> Refusal {
    Refusal::Unreadable(problem.to_string())
}

/// What an archive says of itself beside its cells.
struct Archive {
    since_1904: bool,
    hidden_cells: bool,
}

/// Unpacks everything once, into nothing, so that no archive can grow beyond the limit later.
fn inspect(bytes: &[u8]) -> Result<Archive, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = BYTES_AT_MOST;
    let mut found = Archive { since_1904: false, hidden_cells: false };
    for position in 0..archive.len() {
        let entry = archive.by_index(position).map_err(|problem| match problem {
            zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => Refusal::Protected,
            other => unreadable(other),
        })?;
        let name = entry.name().map_err(unreadable)?.into_owned();
        let wanted = name == "xl/workbook.xml" || name.starts_with("xl/worksheets/");
        let mut unpacked = Vec::new();
        let mut entry = entry.take(left + 1);
        let size = if wanted {
            entry.read_to_end(&mut unpacked).map(|size| size as u64)
        } else {
            std::io::copy(&mut entry, &mut std::io::sink())
        }
        .map_err(unreadable)?;
        left = left.checked_sub(size).ok_or(Refusal::TooLarge)?;
        let says = |text: &[u8]| memchr::memmem::find(&unpacked, text).is_some();
        if name == "xl/workbook.xml" {
            found.since_1904 = says(b"date1904=\"1\"") || says(b"date1904=\"true\"");
        } else {
            found.hidden_cells |= says(b" hidden=\"1\"") || says(b" hidden=\"true\"");
        }
    }
    Ok(found)
}

pub(super) fn read_zipped(bytes: &[u8], sheet: Option<&str>) -> Result<Raw, Refusal> {
    let archive = inspect(bytes)?;
    let mut workbook = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|problem| match problem {
        calamine::Error::Xlsx(calamine::XlsxError::Password) | calamine::Error::Ods(calamine::OdsError::Password) => {
            Refusal::Protected
        }
        other => unreadable(other),
    })?;
    let mut raw = match &mut workbook {
        Sheets::Xlsx(workbook) => choose(workbook.sheets_metadata().to_vec(), sheet, |name| cells(workbook, name)),
        other => choose(other.sheets_metadata().to_vec(), sheet, |name| {
            other.worksheet_range(name).map_err(unreadable).and_then(|range| range_rows(&range))
        }),
    }?;
    raw.since_1904 = archive.since_1904;
    if archive.hidden_cells {
        raw.remarks.push(Remark::HiddenCells);
    }
    Ok(raw)
}

pub(super) fn read_compound(bytes: &[u8], sheet: Option<&str>) -> Result<Raw, Refusal> {
    // A workbook behind a password is an encrypted stream in the container of the old format.
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if memchr::memmem::find(bytes, &name).is_some() {
        return Err(Refusal::Protected);
    }
    let mut workbook = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|problem| match problem {
        calamine::Error::Xls(calamine::XlsError::Password) => Refusal::Protected,
        other => unreadable(other),
    })?;
    choose(workbook.sheets_metadata().to_vec(), sheet, |name| {
        workbook.worksheet_range(name).map_err(unreadable).and_then(|range| range_rows(&range))
    })
}

/// The sheet asked for, or the only visible one with something in it.
fn choose(
    sheets: Vec<calamine::Sheet>,
    asked: Option<&str>,
    mut rows_of: impl FnMut(&str) -> Result<(Rows, bool), Refusal>,
) -> Result<Raw, Refusal> {
    let of_cells = sheets.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let (visible, hidden): (Vec<_>, Vec<_>) = of_cells.partition(|sheet| sheet.visible == SheetVisible::Visible);
    let mut filled: Vec<(String, Rows, bool)> = Vec::new();
    for sheet in visible {
        if asked.is_some_and(|asked| asked != sheet.name) {
            continue;
        }
        let (rows, too_wide) = rows_of(&sheet.name)?;
        if !rows.is_empty() {
            filled.push((sheet.name, rows, too_wide));
        }
    }
    if filled.len() > 1 {
        return Err(Refusal::SeveralSheets(filled.into_iter().map(|(name, ..)| name).collect()));
    }
    let Some((name, rows, too_wide)) = filled.pop() else {
        return Err(asked.map_or(Refusal::Empty, |asked| Refusal::NoSuchSheet(asked.to_owned())));
    };
    let mut remarks = Vec::new();
    if !hidden.is_empty() {
        remarks.push(Remark::HiddenSheets(hidden.into_iter().map(|sheet| sheet.name).collect()));
    }
    if too_wide {
        remarks.push(Remark::TooManyColumns);
    }
    Ok(Raw { form: Form::Workbook, sheet: Some(name), rows, since_1904: false, remarks })
}

/// Cells one after the other: a sheet declared with a million rows costs what its filled cells do.
fn cells(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<(Rows, bool), Refusal> {
    let mut reader = workbook.worksheet_cells_reader(name).map_err(unreadable)?;
    let mut rows: Rows = Vec::new();
    let mut too_wide = false;
    while let Some(found) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = found.get_position();
        let value = cell_of_ref(found.get_value());
        if value.is_empty() {
            continue;
        }
        let column = column as usize;
        if column >= COLUMNS_AT_MOST {
            too_wide = true;
            continue;
        }
        let number = u64::from(row) + 1;
        if rows.last().is_none_or(|(last, _)| *last != number) {
            rows.push((number, Vec::new()));
            if rows.len() > ROWS_AT_MOST + HEADER_WITHIN {
                return Err(Refusal::TooManyRows);
            }
        }
        let Some((_, cells)) = rows.last_mut() else { continue };
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = value;
    }
    Ok((rows, too_wide))
}

fn range_rows(range: &Range<Data>) -> Result<(Rows, bool), Refusal> {
    let Some((first_row, first_column)) = range.start() else { return Ok((Vec::new(), false)) };
    let before = (first_column as usize).min(COLUMNS_AT_MOST);
    let mut too_wide = false;
    let mut rows: Rows = Vec::new();
    for (position, cells) in range.rows().enumerate() {
        too_wide |= cells.iter().skip(COLUMNS_AT_MOST - before).any(|cell| *cell != Data::Empty);
        let mut read: Vec<Cell> = vec![Cell::Empty; before];
        read.extend(cells.iter().take(COLUMNS_AT_MOST - before).map(cell_of));
        if read.iter().all(Cell::is_empty) {
            continue;
        }
        rows.push((u64::from(first_row) + position as u64 + 1, read));
        if rows.len() > ROWS_AT_MOST + HEADER_WITHIN {
            return Err(Refusal::TooManyRows);
        }
    }
    Ok((rows, too_wide))
}

fn cell_of(value: &Data) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::String(text) => text_cell(text),
        Data::Float(number) => Cell::Number(*number),
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Bool(answer) => boolean(*answer),
        Data::DateTime(moment) => date(moment),
        Data::DateTimeIso(text) => iso_date(text),
        Data::DurationIso(text) => text_cell(text),
        Data::Error(error) => Cell::Broken(error.to_string()),
    }
}

fn cell_of_ref(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => text_cell(text),
        DataRef::SharedString(text) => text_cell(text),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Bool(answer) => boolean(*answer),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) => iso_date(text),
        DataRef::DurationIso(text) => text_cell(text),
        DataRef::Error(error) => Cell::Broken(error.to_string()),
    }
}

fn text_cell(text: &str) -> Cell {
    if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

fn boolean(answer: bool) -> Cell {
    Cell::Text(if answer { "oui" } else { "non" }.to_owned())
}

fn date(moment: &ExcelDateTime) -> Cell {
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    let date = i16::try_from(year)
        .ok()
        .and_then(|year| Date::new(year, month.cast_signed(), day.cast_signed()).ok())
        .filter(|_| moment.is_datetime());
    date.map_or(Cell::Number(moment.as_f64()), Cell::Date)
}

fn iso_date(text: &str) -> Cell {
    text.get(..10).and_then(|day| day.parse().ok()).map_or_else(|| text_cell(text), Cell::Date)
}
