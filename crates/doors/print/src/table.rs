//! Tables: widths, rows that stay whole, headers that come back on each page.

use krilla::tagging::{ArtifactType, TableHeaderScope, Tag};

use crate::Error;
use crate::block::{Align, Table, Text};
use crate::layout::{Face, HAIRLINE, HEADER_FILL, INK, Ink, Layout, MARGIN, Owner};
use crate::lines::Line;

const CELL: Face = Face { size: 9.0, leading: 12.0 };
const PADDING: f32 = 4.0;
const GAP_BELOW: f32 = 10.0;

/// The lines of each cell of a row.
type RowLines = Vec<Vec<Line>>;

struct Frame {
    /// Left edge and width of each column.
    columns: Vec<(f32, f32)>,
    aligns: Vec<Align>,
}

impl Frame {
    fn of(table: &Table, width: f32) -> Self {
        let total: f32 = table.columns.iter().map(|column| column.weight).sum();
        let mut x = MARGIN;
        let columns = table.columns.iter().map(|column| {
            let own = width * column.weight / total;
            let place = (x, own);
            x += own;
            place
        });
        Self { columns: columns.collect(), aligns: table.columns.iter().map(|column| column.align).collect() }
    }
}

fn height(row: &RowLines) -> f32 {
    row.iter().map(Vec::len).max().unwrap_or(1) as f32 * CELL.leading + 2.0 * PADDING
}

impl Layout<'_> {
    pub(crate) fn table(&mut self, table: &Table) -> Result<(), Error> {
        if table.columns.is_empty() {
            return Err(Error::NoColumns(table.name.clone()));
        }
        for (row, cells) in table.rows.iter().enumerate() {
            if cells.len() != table.columns.len() {
                return Err(Error::Cells {
                    table: table.name.clone(),
                    columns: table.columns.len(),
                    row: row + 1,
                    cells: cells.len(),
                });
            }
        }
        let frame = Frame::of(table, self.content_width());
        let header = self.header_lines(&frame, table)?;
        let mut rows = Vec::with_capacity(table.rows.len());
        for cells in &table.rows {
            rows.push(self.body_lines(&frame, table, cells)?);
        }

        self.need(self.table_start(table)?);
        let node = self.node(Tag::Table.with_summary(Some(table.name.clone())), None);
        let head = self.node(Tag::THead, Some(node));
        let head_row = self.node(Tag::TR, Some(head));
        let header_cells: Vec<Owner> = (0..header.len())
            .map(|_| Owner::Node(self.node(Tag::TH(TableHeaderScope::Column), Some(head_row))))
            .collect();
        self.header_row(&frame, &header, &header_cells);

        let body = self.node(Tag::TBody, Some(node));
        for row in rows {
            let tag_row = self.node(Tag::TR, Some(body));
            let mut cells = Vec::with_capacity(row.len());
            for index in 0..row.len() {
                cells.push(Owner::Node(if index == 0 && table.row_headers {
                    self.node(Tag::TH(TableHeaderScope::Row), Some(tag_row))
                } else {
                    self.node(Tag::TD, Some(tag_row))
                }));
            }
            self.body_row(&frame, &header, row, &cells);
        }
        self.y += GAP_BELOW;
        Ok(())
    }

    /// What is never parted: the header and the first row, or the whole of a table that wants to stay so. What no page
    /// could hold is cut.
    pub(crate) fn table_start(&self, table: &Table) -> Result<f32, Error> {
        let frame = Frame::of(table, self.content_width());
        let header = height(&self.header_lines(&frame, table)?);
        let page = self.bottom() - MARGIN;
        let asked = if table.whole { &table.rows[..] } else { &table.rows[..table.rows.len().min(1)] };
        let (mut first, mut all) = (header, header);
        for (index, cells) in asked.iter().enumerate() {
            all += height(&self.body_lines(&frame, table, cells)?);
            if index == 0 {
                first = all;
            }
        }
        let uncut = if all <= page { all } else { first };
        Ok(if uncut <= page { uncut } else { header + 4.0 * CELL.leading })
    }

    fn header_lines(&self, frame: &Frame, table: &Table) -> Result<RowLines, Error> {
        let headers: Vec<Text> = table.columns.iter().map(|column| Text::new().bold(column.header.as_str())).collect();
        self.row_lines(frame, &headers)
    }

    fn body_lines(&self, frame: &Frame, table: &Table, cells: &[Text]) -> Result<RowLines, Error> {
        let mut cells = cells.to_vec();
        if table.row_headers
            && let Some(first) = cells.first_mut()
        {
            *first = first.all_bold();
        }
        self.row_lines(frame, &cells)
    }

    fn row_lines(&self, frame: &Frame, cells: &[Text]) -> Result<RowLines, Error> {
        let cells = cells.iter().zip(&frame.columns).map(|(text, (_, width))| {
            // A cell without any mark would vanish from the tree, and the row would lack a column.
            let text = if text.is_blank() { &Text::from("\u{a0}") } else { text };
            self.lines(text, width - 2.0 * PADDING, CELL)
        });
        cells.collect()
    }

    fn header_row(&mut self, frame: &Frame, header: &RowLines, owners: &[Owner]) {
        let (y, width, height) = (self.y, self.content_width(), height(header));
        self.mark(Owner::Furniture(ArtifactType::Layout), Ink::Rule { x: MARGIN, y, width, height, grey: HEADER_FILL });
        self.cells(frame, header.clone(), owners);
        self.y += height;
        self.rule(1.0, INK);
    }

    /// A row on this page or the next. One that no page could hold is cut between its lines.
    fn body_row(&mut self, frame: &Frame, header: &RowLines, mut row: RowLines, owners: &[Owner]) {
        let page_room = self.bottom() - MARGIN - height(header);
        loop {
            let whole = height(&row);
            if self.y + whole <= self.bottom() {
                self.cells(frame, row, owners);
                self.y += whole;
                self.rule(0.5, HAIRLINE);
                return;
            }
            let fitting = (self.bottom() - self.y - 2.0 * PADDING) / CELL.leading;
            if whole > page_room && fitting >= 2.0 {
                let part: RowLines =
                    row.iter_mut().map(|cell| cell.drain(..cell.len().min(fitting as usize)).collect()).collect();
                self.cells(frame, part, owners);
            }
            self.break_page();
            // Those who listen have heard the header: it comes back for the eyes only.
            self.header_row(frame, header, &vec![Owner::Furniture(ArtifactType::PaginationOther); header.len()]);
        }
    }

    fn cells(&mut self, frame: &Frame, row: RowLines, owners: &[Owner]) {
        let top = self.y + PADDING;
        for (index, cell) in row.into_iter().enumerate() {
            let (x, width) = frame.columns[index];
            for (number, line) in cell.into_iter().enumerate() {
                let x = match frame.aligns[index] {
                    Align::Start => x + PADDING,
                    Align::End => x + width - PADDING - line.ink_width() * CELL.size,
                };
                self.text_at(owners[index], line, x, top + number as f32 * CELL.leading, CELL, INK);
            }
        }
    }

    fn rule(&mut self, height: f32, grey: u8) {
        let (y, width) = (self.y, self.content_width());
        self.mark(Owner::Furniture(ArtifactType::Layout), Ink::Rule { x: MARGIN, y, width, height, grey });
    }
}
