/// One part of a document, in reading order.
#[derive(Clone, PartialEq, Debug)]
pub enum Block {
    /// A part and its title.
    Section(String),
    /// A part of a part.
    Subsection(String),
    Paragraph(Text),
    /// A paragraph in a frame, for what must not be overlooked.
    Notice(Text),
    List {
        numbered: bool,
        items: Vec<Text>,
    },
    /// Names and their values, one a line.
    Pairs(Vec<(String, Text)>),
    Table(Table),
    /// Boxes to sign in, side by side, at most three a row.
    Signatures(Vec<Signature>),
}

impl Block {
    pub fn section(title: impl Into<String>) -> Self {
        Self::Section(title.into())
    }

    pub fn subsection(title: impl Into<String>) -> Self {
        Self::Subsection(title.into())
    }

    pub fn paragraph(text: impl Into<Text>) -> Self {
        Self::Paragraph(text.into())
    }

    pub fn notice(text: impl Into<Text>) -> Self {
        Self::Notice(text.into())
    }

    pub fn list<T: Into<Text>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List { numbered: false, items: items.into_iter().map(Into::into).collect() }
    }

    pub fn numbered<T: Into<Text>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List { numbered: true, items: items.into_iter().map(Into::into).collect() }
    }

    pub fn pairs<N: Into<String>, V: Into<Text>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self::Pairs(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl From<Text> for Block {
    fn from(text: Text) -> Self {
        Self::Paragraph(text)
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

/// Text in one or several runs, plain or bold. `\n` begins a new line; no-break spaces are kept.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Text {
    pub(crate) runs: Vec<Run>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Run {
    pub text: String,
    pub bold: bool,
}

impl Text {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn plain(self, text: impl Into<String>) -> Self {
        self.run(text.into(), false)
    }

    #[must_use]
    pub fn bold(self, text: impl Into<String>) -> Self {
        self.run(text.into(), true)
    }

    /// These words, then those.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        self.runs.extend(next.runs);
        self
    }

    fn run(mut self, text: String, bold: bool) -> Self {
        if !text.is_empty() {
            self.runs.push(Run { text, bold });
        }
        self
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.runs.iter().all(|run| run.text.chars().all(|character| character == ' ' || character == '\n'))
    }

    /// The same words, all in bold.
    pub(crate) fn all_bold(&self) -> Self {
        let runs = self.runs.iter().map(|run| Run { text: run.text.clone(), bold: true });
        Self { runs: runs.collect() }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new().plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new().plain(text)
    }
}

/// On which side the text of a column stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Align {
    #[default]
    Start,
    /// For numbers.
    End,
}

/// A column: its header, and its share of the width beside the others.
#[derive(Clone, PartialEq, Debug)]
pub struct Column {
    pub(crate) header: String,
    pub(crate) weight: f32,
    pub(crate) align: Align,
}

impl Column {
    /// `weight` is the share of the width: a column of weight 2 is twice as wide as one of weight 1. What is not above
    /// zero counts as 1.
    pub fn new(header: impl Into<String>, weight: f32) -> Self {
        let weight = if weight.is_finite() && weight > 0.0 { weight } else { 1.0 };
        Self { header: header.into(), weight, align: Align::Start }
    }

    pub fn number(header: impl Into<String>, weight: f32) -> Self {
        Self { align: Align::End, ..Self::new(header, weight) }
    }
}

/// Rows under headers, which come back on each page. A row is cut only when it is longer than a page.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Text>>,
    pub(crate) row_headers: bool,
    pub(crate) whole: bool,
}

impl Table {
    /// `name` tells screen readers what the table is about.
    pub fn new(name: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            name: name.into(),
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
            row_headers: false,
            whole: false,
        }
    }

    /// Never cut, unless it is longer than a page.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// The first cell of each row is its header.
    #[must_use]
    pub fn row_headers(mut self) -> Self {
        self.row_headers = true;
        self
    }

    #[must_use]
    pub fn row<T: Into<Text>>(mut self, cells: impl IntoIterator<Item = T>) -> Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    #[must_use]
    pub fn rows<R, T>(mut self, rows: impl IntoIterator<Item = R>) -> Self
    where
        R: IntoIterator<Item = T>,
        T: Into<Text>,
    {
        self.rows.extend(rows.into_iter().map(|cells| cells.into_iter().map(Into::into).collect()));
        self
    }
}

/// A box to sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    pub(crate) role: String,
    pub(crate) name: String,
}

impl Signature {
    /// In what capacity somebody signs, and who; an unknown name is left to be written by hand.
    pub fn new(role: impl Into<String>, name: impl Into<String>) -> Self {
        Self { role: role.into(), name: name.into() }
    }
}
