//! Tables with the defects that files of persons really have, made here one by one.

use std::io::{Cursor, Write};

use formats::table::{Cell, Encoding, Form, Options, Refusal, Remark, Table, fold_header, read};
use jiff::civil::date;
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn known() -> Vec<String> {
    ["Nom", "Prénom", "Date de naissance", "NATLOG", "Adresse"].iter().map(|name| fold_header(name)).collect()
}

fn table(bytes: &[u8]) -> Table {
    read(bytes, Options { sheet: None, known_headers: &known() }).unwrap()
}

fn texts(table: &Table) -> Vec<(u64, Vec<String>)> {
    table.rows.iter().map(|row| (row.number, row.cells.iter().map(|cell| cell.text().into_owned()).collect())).collect()
}

fn row(number: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn encodings_are_told_by_mark_then_by_validity() {
    let content = "Nom;Prénom\r\nBÉJAÏA;Noé\r\n";
    let utf16: Vec<u8> =
        [0xFEFF].into_iter().chain("Nom\tPrénom\nBÉJAÏA\tNoé\n".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let utf16_be: Vec<u8> = [0xFEFF].into_iter().chain(content.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let windows = b"Nom;Pr\xE9nom\nB\xC9JA\xCFA;No\xE9\n".to_vec();
    for (bytes, encoding, separator) in [
        (content.as_bytes().to_vec(), Encoding::Utf8, ';'),
        ([b"\xEF\xBB\xBF", content.as_bytes()].concat(), Encoding::Utf8, ';'),
        (utf16, Encoding::Utf16, '\t'),
        (utf16_be, Encoding::Utf16, ';'),
        (windows, Encoding::Windows1252, ';'),
    ] {
        let table = table(&bytes);
        assert_eq!(table.form, Form::Text { encoding, separator });
        assert_eq!(table.header, ["Nom", "Prénom"]);
        assert_eq!(texts(&table), [row(2, &["BÉJAÏA", "Noé"])]);
    }
}

#[test]
fn separators_are_guessed_by_the_header_row() {
    for (content, line) in [
        ("Nom;Prénom\nA;B,C\n", 2),
        ("Nom,Prénom\nA,\"B,C\"\n", 2),
        ("Nom\tPrénom\nA\tB,C\n", 2),
        ("sep=,\nNom,Prénom\nA,\"B,C\"\n", 3),
    ] {
        assert_eq!(texts(&table(content.as_bytes())), [row(line, &["A", "B,C"])], "{content}");
    }
    let quoted = "Nom;Adresse\n\"L\"\"As\";\"1 rue\nd’ici\"\nB;C\n";
    assert_eq!(texts(&table(quoted.as_bytes())), [row(2, &["L\"As", "1 rue\nd’ici"]), row(4, &["B", "C"])]);
}

#[test]
fn titles_totals_blanks_and_repeated_headers_are_left_aside() {
    let content =
        "Export du 22/11/2026;;\n;;\nNom;Prénom;NATLOG\nA;B;0901\n;;\nNom;Prénom;NATLOG\nC;D;0902\nTotal : 2;;\n";
    let table = table(content.as_bytes());
    assert_eq!(table.header_row, 3);
    assert_eq!(texts(&table), [row(4, &["A", "B", "0901"]), row(7, &["C", "D", "0902"])]);
    assert_eq!(table.remarks, [Remark::TitleLines(1), Remark::HeaderRepeated { row: 6 }, Remark::TotalLine { row: 8 }]);
}

#[test]
fn headers_are_cleaned_and_made_different() {
    let content = "Nom*;\"Date de\nNaissance\";Adresse;Adresse; Prénom\u{a0};\nA;01/02/1990;1 rue;bât. B;C;x\n";
    let table = table(content.as_bytes());
    assert_eq!(table.header, ["Nom*", "Date de Naissance", "Adresse", "Adresse (2)", "Prénom", "Colonne 6"]);
    assert_eq!(table.remarks, [Remark::DuplicateHeader("Adresse".to_owned())]);
    assert_eq!(texts(&table), [row(3, &["A", "01/02/1990", "1 rue", "bât. B", "C", "x"])]);
    for (a, b) in [("N°\nTéléphones", "numero telephones"), ("Nom d'usage", "nom d’usage"), ("ID IODAS\t", "id iodas")]
    {
        assert_eq!(fold_header(a), fold_header(b), "{a}");
    }
}

#[test]
fn broken_formulas_and_leading_signs_are_told_from_texts() {
    let table = table("Nom;Prénom;NATLOG\n=A1;'0612;#REF!\n+33;-;#N/A\n".as_bytes());
    assert_eq!(texts(&table), [row(2, &["=A1", "0612", ""]), row(3, &["+33", "-", ""])]);
    assert!(matches!(table.rows[0].cells[2], Cell::Broken(_)));
}

#[test]
fn files_without_a_table_are_refused_with_their_reason() {
    let refused = |bytes: &[u8]| read(bytes, Options::default()).unwrap_err();
    assert_eq!(refused(b""), Refusal::Empty);
    assert_eq!(refused(b"\n\n ; \n"), Refusal::Empty);
    assert_eq!(refused(b"seul\nun mot\n"), Refusal::NoHeader);
    assert_eq!(refused("Nom;Prénom\n".as_bytes()), Refusal::NoRows { header_row: 1 });
    assert!(matches!(refused(b"PK\x03\x04 cut short"), Refusal::Unreadable(_)));
    for refusal in [Refusal::Protected, Refusal::TooLarge, Refusal::SeveralSheets(vec!["A".into(), "B".into()])] {
        assert!(refusal.to_string().len() > 20, "{refusal}");
    }
}

// ---- Workbooks ------------------------------------------------------------------------------------------------

/// A workbook being made by hand, so that it can be wrong.
#[derive(Default)]
struct Workbook {
    sheets: Vec<(&'static str, &'static str, String)>,
    since_1904: bool,
}

impl Workbook {
    /// `state`: empty, or `hidden`. `rows`: the content of `sheetData`.
    fn sheet(mut self, name: &'static str, state: &'static str, rows: &str) -> Self {
        self.sheets.push((name, state, rows.to_owned()));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let mut file = |name: &str, content: String| {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        };
        let mut types = String::new();
        let mut listed = String::new();
        let mut links = String::new();
        for (rank, (name, state, rows)) in self.sheets.iter().enumerate() {
            let number = rank + 1;
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
            types += &format!("<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{kind}\"/>");
            let state = if state.is_empty() { String::new() } else { format!(" state=\"{state}\"") };
            listed += &format!("<sheet name=\"{name}\" sheetId=\"{number}\"{state} r:id=\"rId{number}\"/>");
            links += &format!(
                "<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
            );
            file(
                &format!("xl/worksheets/sheet{number}.xml"),
                format!("<worksheet xmlns=\"{MAIN}\"><dimension ref=\"A1:XFD1048576\"/>{rows}</worksheet>"),
            );
        }
        let base = if self.since_1904 { "<workbookPr date1904=\"1\"/>" } else { "" };
        file(
            "xl/workbook.xml",
            format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\">{base}<sheets>{listed}</sheets></workbook>"),
        );
        links += &format!("<Relationship Id=\"s\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/>");
        links += &format!("<Relationship Id=\"t\" Type=\"{RELATIONS}/sharedStrings\" Target=\"sharedStrings.xml\"/>");
        file(
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{links}</Relationships>"),
        );
        file(
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        );
        // A rich text with its phonetic run, which is no part of it.
        file(
            "xl/sharedStrings.xml",
            format!(
                "<sst xmlns=\"{MAIN}\"><si><r><t>No</t></r><r><t>m</t></r><rPh><t>xx</t></rPh></si><si><t>Prénom</t></si></sst>"
            ),
        );
        file(
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>{types}</Types>"
            ),
        );
        file(
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r\" \
                 Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        );
        zip.finish().unwrap().into_inner()
    }
}

fn inline(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

const HEADER: &str = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>\
    <c r=\"C1\" t=\"inlineStr\"><is><t>Date de naissance</t></is></c></row>";

fn data(rows: &str) -> String {
    format!("<sheetData>{HEADER}{rows}</sheetData>")
}

#[test]
fn workbooks_give_values_types_and_row_numbers() {
    let rows = data(&format!(
        "<row r=\"2\">{}<c r=\"B2\" t=\"str\"><f>B1</f><v>Calculé</v></c><c r=\"C2\" s=\"1\"><v>32905</v></c></row>\
         <row r=\"3\"/>\
         <row r=\"5\"><c r=\"A5\"><v>612.0</v></c><c r=\"B5\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c><c r=\"C5\"><v>32905</v></c></row>",
        inline("A2", "BÉJAÏA")
    ));
    let table = table(&Workbook::default().sheet("Feuil1", "", &rows).bytes());
    assert_eq!((table.form, table.sheet.as_deref()), (Form::Workbook, Some("Feuil1")));
    assert_eq!(table.header, ["Nom", "Prénom", "Date de naissance"]);
    assert_eq!(table.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(
        table.rows[0].cells,
        [Cell::Text("BÉJAÏA".into()), Cell::Text("Calculé".into()), Cell::Date(date(1990, 2, 1))]
    );
    assert_eq!(table.rows[1].cells[0].text(), "612");
    assert!(matches!(table.rows[1].cells[1], Cell::Broken(_)));
    assert_eq!(table.rows[1].cells[2], Cell::Number(32905.0));
    assert!(!table.since_1904);
}

#[test]
fn the_other_date_system_is_told() {
    let rows =
        data("<row r=\"2\"><c r=\"C2\" s=\"1\"><v>31443</v></c></row><row r=\"3\"><c r=\"C3\"><v>31443</v></c></row>");
    let table = table(&Workbook { since_1904: true, ..Workbook::default() }.sheet("F", "", &rows).bytes());
    assert!(table.since_1904);
    assert_eq!(table.rows[0].cells[2], Cell::Date(date(1990, 2, 1)));
    assert_eq!(table.rows[1].cells[2], Cell::Number(31443.0));
}

#[test]
fn sheets_are_chosen_and_hidden_things_told() {
    let one = data(&format!("<row r=\"2\" hidden=\"1\">{}</row>", inline("A2", "A")));
    let other = data(&format!("<row r=\"2\">{}</row>", inline("A2", "B")));
    let empty = "<sheetData/>";
    let book = Workbook::default().sheet("Un", "", &one).sheet("Caché", "hidden", &other).sheet("Vide", "", empty);
    let table = table(&book.bytes());
    assert_eq!(texts(&table), [row(2, &["A", "", ""])]);
    assert_eq!(table.remarks, [Remark::HiddenSheets(vec!["Caché".to_owned()]), Remark::HiddenCells]);
    let book = Workbook::default().sheet("Un", "", &one).sheet("Deux", "", &other).bytes();
    let ask = |sheet| read(&book, Options { sheet, known_headers: &[] });
    assert_eq!(ask(None).unwrap_err(), Refusal::SeveralSheets(vec!["Un".to_owned(), "Deux".to_owned()]));
    assert_eq!(texts(&ask(Some("Deux")).unwrap()), [row(2, &["B", "", ""])]);
    assert_eq!(ask(Some("Trois")).unwrap_err(), Refusal::NoSuchSheet("Trois".to_owned()));
}

#[test]
fn a_cell_far_away_costs_nothing() {
    let rows = data(&format!(
        "<row r=\"2\">{}{}</row><row r=\"1048576\">{}</row>",
        inline("A2", "A"),
        inline("XFD2", "loin"),
        inline("A1048576", "B")
    ));
    let table = table(&Workbook::default().sheet("F", "", &rows).bytes());
    assert_eq!(table.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 1_048_576]);
    assert!(table.remarks.contains(&Remark::TooManyColumns));
}

#[test]
fn archives_that_grow_too_much_and_locked_ones_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/media/image.bin", SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..=256 {
        zip.write_all(&zeros).unwrap();
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 2 << 20);
    assert_eq!(read(&bomb, Options::default()).unwrap_err(), Refusal::TooLarge);

    let mut locked = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(read(&locked, Options::default()).unwrap_err(), Refusal::Protected);
}

#[test]
fn open_documents_are_read_too() {
    let content = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
        <office:body><office:spreadsheet><table:table table:name=\"Feuille1\">\
        <table:table-row><table:table-cell office:value-type=\"string\"><text:p>Nom</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"string\"><text:p>Date de naissance</text:p></table:table-cell></table:table-row>\
        <table:table-row><table:table-cell office:value-type=\"string\"><text:p>BÉJAÏA</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"date\" office:date-value=\"1990-02-01\"><text:p>01/02/90</text:p></table:table-cell></table:table-row>\
        <table:table-row table:number-rows-repeated=\"1048573\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
        </table:table></office:spreadsheet></office:body></office:document-content>";
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
        ),
        ("content.xml", content),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let table = table(&zip.finish().unwrap().into_inner());
    assert_eq!(table.sheet.as_deref(), Some("Feuille1"));
    assert_eq!(table.rows[0].cells, [Cell::Text("BÉJAÏA".into()), Cell::Date(date(1990, 2, 1))]);
}

proptest! {
    #[test]
    fn any_bytes_give_a_table_or_a_reason(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, Options::default());
    }

    /// What a careful spreadsheet writes is read back, whatever is in the cells.
    #[test]
    fn cells_of_text_files_go_there_and_back(cells in prop::collection::vec(prop::collection::vec("[a-zé;,\"\t\n ]{0,8}x", 3), 1..6)) {
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        writer.write_record(["Nom", "Prénom", "NATLOG"]).unwrap();
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let table = table(&writer.into_inner().unwrap());
        let read: Vec<Vec<String>> = texts(&table).into_iter().map(|(_, cells)| cells).collect();
        let written: Vec<Vec<String>> =
            cells.iter().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect()).collect();
        prop_assert_eq!(read, written);
    }
}
