use askama::Template;

use super::fragment::component;
use super::{Button, Fragment, Icon, Link, Query};
use crate::fr;

/// A list that answers at a glance: caption, columns that sort, rows, pages, and what to do when
/// it is empty. On a narrow screen each row becomes a card whose lines carry the column's name.
#[derive(Template, Clone)]
#[template(path = "components/table.html")]
pub struct Table {
    id: String,
    caption: String,
    caption_hidden: bool,
    columns: Vec<Column>,
    rows: Vec<Row>,
    sort: Option<Sort>,
    bulk: Option<BulkBar>,
    pager: Option<Pager>,
    empty: Option<EmptyState>,
}

/// With more columns than this, lines become cards sooner.
const MANY: usize = 4;

/// How a column's cells are set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Align {
    #[default]
    Text,
    Number,
}

/// A column: its name, and the key it sorts by when the list can be sorted by it.
#[derive(Clone)]
pub struct Column {
    label: String,
    sort_key: Option<&'static str>,
    align: Align,
    label_hidden: bool,
}

impl Column {
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), sort_key: None, align: Align::Text, label_hidden: false }
    }

    /// Aligned on the right, digits of equal width.
    pub fn number(label: impl Into<String>) -> Self {
        Self { align: Align::Number, ..Self::text(label) }
    }

    /// A column of buttons or links: its name is only read aloud.
    pub fn actions(label: impl Into<String>) -> Self {
        Self { label_hidden: true, ..Self::text(label) }
    }

    /// Sorted by `tri=key`, or `tri=-key` from the greatest.
    pub fn sorted_by(mut self, key: &'static str) -> Self {
        self.sort_key = Some(key);
        self
    }

    fn cell_class(&self) -> &'static str {
        match self.align {
            Align::Number => "number",
            Align::Text if self.label_hidden => "actions",
            Align::Text => "",
        }
    }
}

/// One line. The first cell names the line (it is its header); its first link is where Enter leads.
#[derive(Clone)]
pub struct Row {
    cells: Vec<Fragment>,
    choice: Option<(String, String)>,
}

impl Row {
    pub fn new(cells: impl IntoIterator<Item = Fragment>) -> Self {
        Self { cells: cells.into_iter().collect(), choice: None }
    }

    /// Lets the line be chosen for an action on several: the value sent, and who or what it is.
    pub fn choice(mut self, value: impl Into<String>, name: impl Into<String>) -> Self {
        self.choice = Some((value.into(), name.into()));
        self
    }
}

/// The order of a list, as the address says it: `tri=nom`, `tri=-nom`.
#[derive(Clone)]
struct Sort {
    path: String,
    query: Query,
    key: String,
    descending: bool,
}

/// Actions on the chosen lines; sent as `choix=…` repeated.
#[derive(Clone)]
pub struct BulkBar {
    action: String,
    buttons: Vec<Button>,
}

impl BulkBar {
    pub fn new(action: impl Into<String>, buttons: impl IntoIterator<Item = Button>) -> Self {
        Self { action: action.into(), buttons: buttons.into_iter().collect() }
    }
}

/// Where one is in a list read by keyset: no page numbers, so that page 1,000 is as fast as page 1.
#[derive(Template, Clone)]
#[template(path = "components/pager.html")]
pub struct Pager {
    summary: String,
    previous: Option<String>,
    next: Option<String>,
}

impl Pager {
    /// `summary` says what is shown: « 50 personnes affichées sur 6 012 ».
    pub fn new(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), previous: None, next: None }
    }

    /// « 50 personnes affichées sur 6 012 », or « 12 personnes » when all are shown.
    pub fn of(shown: u64, total: u64, one: &str, many: &str) -> Self {
        if shown >= total {
            Self::new(fr::count(total, one, many))
        } else {
            Self::new(format!("{} sur {}", fr::number(shown), fr::count(total, one, many)))
        }
    }

    pub fn previous(mut self, href: Option<String>) -> Self {
        self.previous = href;
        self
    }

    pub fn next(mut self, href: Option<String>) -> Self {
        self.next = href;
        self
    }
}

/// What an empty list says: why, and what to do now.
#[derive(Template, Clone)]
#[template(path = "components/empty_state.html")]
pub struct EmptyState {
    title: String,
    advice: Fragment,
    links: Vec<Link>,
}

impl EmptyState {
    pub fn new(title: impl Into<String>, advice: impl Into<Fragment>) -> Self {
        Self { title: title.into(), advice: advice.into(), links: Vec::new() }
    }

    pub fn link(mut self, link: Link) -> Self {
        self.links.push(link);
        self
    }
}

impl Table {
    /// `id` is unique in the page and names the list for the keyboard; the caption says what the lines are.
    pub fn new(
        id: impl Into<String>,
        caption: impl Into<String>,
        columns: impl IntoIterator<Item = Column>,
        rows: impl IntoIterator<Item = Row>,
    ) -> Self {
        Self {
            id: id.into(),
            caption: caption.into(),
            caption_hidden: false,
            columns: columns.into_iter().collect(),
            rows: rows.into_iter().collect(),
            sort: None,
            bulk: None,
            pager: None,
            empty: None,
        }
    }

    /// Hides the caption from sight when a title just above says the same.
    pub fn caption_hidden(mut self) -> Self {
        self.caption_hidden = true;
        self
    }

    /// The address of the page and its query: headers become links. `default` is the order shown
    /// when the query has none (`nom`, `-echeance`).
    pub fn sorted(mut self, path: impl Into<String>, query: &Query, default: &str) -> Self {
        let order = query.get("tri").unwrap_or(default);
        let (key, descending) = match order.strip_prefix('-') {
            Some(key) => (key, true),
            None => (order, false),
        };
        self.sort = Some(Sort { path: path.into(), query: query.clone(), key: key.to_owned(), descending });
        self
    }

    pub fn bulk(mut self, bulk: BulkBar) -> Self {
        self.bulk = Some(bulk);
        self
    }

    pub fn pager(mut self, pager: Pager) -> Self {
        self.pager = Some(pager);
        self
    }

    pub fn empty(mut self, empty: EmptyState) -> Self {
        self.empty = Some(empty);
        self
    }

    /// Pairs each cell with its column.
    fn cells<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a Column, &'a Fragment)> {
        self.columns.iter().zip(&row.cells)
    }

    fn many(&self) -> bool {
        self.columns.len() > MANY
    }

    fn choices(&self) -> bool {
        self.bulk.is_some()
    }

    /// `ascending` or `descending` on the column that orders the list.
    fn aria_sort(&self, column: &Column) -> Option<&'static str> {
        let sort = self.sort.as_ref()?;
        (column.sort_key? == sort.key).then_some(if sort.descending { "descending" } else { "ascending" })
    }

    /// Where the header leads: the other way round on the column that orders the list.
    fn sort_href(&self, column: &Column) -> Option<String> {
        let (sort, key) = (self.sort.as_ref()?, column.sort_key?);
        let reverse = key == sort.key && !sort.descending;
        let order = if reverse { format!("-{key}") } else { key.to_owned() };
        Some(sort.query.with("tri", order).href(&sort.path))
    }

    fn sort_icon(&self, column: &Column) -> Option<Icon> {
        self.aria_sort(column).map(|order| if order == "ascending" { Icon::Up } else { Icon::Down })
    }
}

component!(Table, Pager, EmptyState);

#[cfg(test)]
mod tests {
    use super::*;

    fn table(query: &str) -> String {
        let columns = [Column::text("Nom").sorted_by("nom"), Column::number("Âge").sorted_by("age")];
        let rows = [Row::new(["Nadia <Benali>".into(), "34 ans".into()]).choice("12", "Nadia Benali")];
        Table::new("liste", "Personnes", columns, rows)
            .sorted("/personnes", &Query::parse(Some(query)), "nom")
            .bulk(BulkBar::new("/choix", [Button::primary("Transférer")]))
            .render()
            .unwrap()
    }

    #[test]
    fn headers_turn_the_order_round_and_keep_the_filters() {
        let html = table("commune=93066");
        assert!(html.contains(r#"aria-sort="ascending""#), "{html}");
        assert!(html.contains("/personnes?commune=93066&#38;tri=-nom"), "{html}");
        assert!(html.contains("/personnes?commune=93066&#38;tri=age"), "{html}");
        assert!(table("tri=-age&apres=x").contains(r#"aria-sort="descending""#));
        assert!(!table("tri=-age&apres=x").contains("apres"));
    }

    #[test]
    fn cells_are_escaped_and_named() {
        let html = table("");
        assert!(html.contains("Nadia &#60;Benali&#62;"));
        assert!(html.contains(r#"data-label="Âge""#));
        assert!(html.contains(r#"name="choix" value="12""#));
    }

    #[test]
    fn the_pager_says_how_many() {
        assert_eq!(Pager::of(12, 12, "personne", "personnes").summary, "12\u{a0}personnes");
        assert_eq!(Pager::of(50, 6012, "personne", "personnes").summary, "50 sur 6\u{202f}012\u{a0}personnes");
    }
}
