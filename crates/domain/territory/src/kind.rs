//! The kinds of facts of the territory, described once: the same description reads a line of a file,
//! fills and checks a form, and shows a record.

use base::{Date, Id};
use db::Sql;
use platform::{Organisation, Structure};

use crate::communes::Commune;
use crate::evidence::Evidence;
use crate::line::Line;
use crate::names::{Named, SubjectKind};

db::codes! {
    /// The kinds of facts, in the order in which a set of files is read.
    pub enum FactKind {
        CommuneProfile = "commune_profile",
        OrganisationProfile = "organisation_profile",
        OrganisationRole = "organisation_role",
        ConsortiumMember = "consortium_member",
        StructureProfile = "structure_profile",
        Sector = "sector",
        AgencyContract = "agency_contract",
        Succession = "succession",
        PostProfile = "post_profile",
        PostHolder = "post_holder",
    }
}

/// How a value is typed in.
#[derive(Clone, Copy)]
pub enum Input {
    Text,
    /// A whole number.
    Number,
    /// A share of a full-time post, 1 or `0,8`.
    Share,
    Day,
    /// The last day of something; a file gives the first day after it.
    LastDay,
    /// One of a list of codes with their labels.
    Choice(fn() -> Vec<(&'static str, &'static str)>),
    /// The code of something that bears one.
    Code(SubjectKind),
}

/// A value of a kind of fact: a column of the file, a field of the form.
#[derive(Clone, Copy)]
pub struct Field {
    pub column: &'static str,
    pub label: &'static str,
    pub input: Input,
    pub required: bool,
    pub hint: &'static str,
}

impl Field {
    pub(crate) const fn required(column: &'static str, label: &'static str, input: Input) -> Self {
        Self { column, label, input, required: true, hint: "" }
    }

    pub(crate) const fn optional(column: &'static str, label: &'static str, input: Input) -> Self {
        Self { column, label, input, required: false, hint: "" }
    }

    pub(crate) const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }
}

/// A value of a fact, before codes become names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    Nothing,
    Text(String),
    Number(i64),
    /// Hundredths of a full-time post.
    Share(i64),
    Day(Date),
    /// The first day after the last one.
    Until(Date),
    /// A code and its label.
    Choice(&'static str, &'static str),
    Commune(Id<Commune>),
    Organisation(Id<Organisation>),
    Structure(Id<Structure>),
}

impl Cell {
    pub(crate) fn text(text: &str) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text.to_owned()) }
    }

    pub(crate) fn of<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Nothing, cell)
    }
}

/// How the file of a kind is laid out.
#[derive(Clone, Copy)]
pub struct Layout {
    /// Usual name, without extension.
    pub name: &'static str,
    /// The column that names the subject.
    pub subject: &'static str,
    /// What the subject is called on screen.
    pub subject_label: &'static str,
    /// Columns of the first day and of the first day after; the first one filled counts.
    pub from: &'static [&'static str],
    pub to: &'static [&'static str],
    pub from_label: &'static str,
    pub to_label: &'static str,
    /// Whether `to_label` asks for the last day, as people say it; a file gives the first day after.
    pub to_is_last_day: bool,
    /// The first day where the file has none.
    pub default_from: Option<Date>,
    /// Whether an unknown code in `subject` is something new rather than a mistake.
    pub creates: bool,
    /// Columns by which the file is recognised.
    pub signature: &'static [&'static str],
}

impl Layout {
    /// A file whose subject is named elsewhere and whose period is `valid_from`, `valid_to`.
    pub(crate) const fn dated(
        name: &'static str,
        subject: &'static str,
        subject_label: &'static str,
        signature: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            subject,
            subject_label,
            from: &["valid_from"],
            to: &["valid_to"],
            from_label: "Depuis le",
            to_label: "Jusqu’au",
            to_is_last_day: true,
            default_from: None,
            creates: false,
            signature,
        }
    }
}

/// A kind of fact of the territory.
pub trait Described: facts::Kind<Subject: Named> {
    const KIND: FactKind;
    /// What such a record is called: « contrat d’opérateur ».
    const LABEL: &'static str;
    const LAYOUT: Layout;
    const FIELDS: &'static [Field];

    /// The value of a line; `None` when a problem was noted on the line.
    fn read_line(line: &mut Line<'_>) -> Option<Self>;
    /// The values, in the order of [`Described::FIELDS`].
    fn cells(&self) -> Vec<Cell>;
    fn evidence(&self) -> Evidence;
    fn set_evidence(&mut self, evidence: Evidence);

    /// Every record of the tenant that stood at a moment, whatever its period.
    fn known() -> &'static Sql;
    /// One record by its number.
    fn by_id() -> &'static Sql;
}

/// Declares a kind of fact like `facts::kind!`, with the four columns of its evidence.
macro_rules! sourced_kind {
    ($(#[$doc:meta])* $visibility:vis struct $name:ident in $table:literal about $subject:ident: $subject_type:ty $(, slot ($($slot:ident),+))?
        { $($(#[$field_doc:meta])* $field_visibility:vis $field:ident: $kind:ty),+ $(,)? }
     as $code:ident, $label:literal, $layout:expr, [$($form_field:expr),* $(,)?];
     read ($line:ident) $read:block
     cells ($value:ident) $cells:block
    ) => {
        ::facts::kind! {
            $(#[$doc])*
            $visibility struct $name in $table about $subject: $subject_type $(, slot ($($slot),+))? {
                $($(#[$field_doc])* $field_visibility $field: $kind,)+
                /// Trust in what is said.
                pub certainty: $crate::evidence::Certainty,
                /// Trust in its dates.
                pub dates_certainty: $crate::evidence::Certainty,
                /// The source in words.
                pub citation: String,
                pub note: String,
            }
        }

        impl $crate::kind::Described for $name {
            const KIND: $crate::kind::FactKind = $crate::kind::FactKind::$code;
            const LABEL: &'static str = $label;
            const LAYOUT: $crate::kind::Layout = $layout;
            const FIELDS: &'static [$crate::kind::Field] = &[$($form_field),*];

            fn read_line($line: &mut $crate::line::Line<'_>) -> Option<Self> {
                let evidence = $line.evidence();
                let ($($field,)+) = $read;
                let $crate::evidence::Evidence { certainty, dates_certainty, citation, note } = evidence?;
                Some(Self { $($field: $field?,)+ certainty, dates_certainty, citation, note })
            }

            fn cells(&self) -> Vec<$crate::kind::Cell> {
                let $value = self;
                $cells
            }

            fn evidence(&self) -> $crate::evidence::Evidence {
                $crate::evidence::Evidence {
                    certainty: self.certainty,
                    dates_certainty: self.dates_certainty,
                    citation: self.citation.clone(),
                    note: self.note.clone(),
                }
            }

            fn set_evidence(&mut self, evidence: $crate::evidence::Evidence) {
                self.certainty = evidence.certainty;
                self.dates_certainty = evidence.dates_certainty;
                self.citation = evidence.citation;
                self.note = evidence.note;
            }

            fn known() -> &'static ::db::Sql {
                static SQL: std::sync::OnceLock<&'static ::db::Sql> = std::sync::OnceLock::new();
                SQL.get_or_init(|| $crate::store::known(<Self as ::facts::Kind>::table()))
            }

            fn by_id() -> &'static ::db::Sql {
                static SQL: std::sync::OnceLock<&'static ::db::Sql> = std::sync::OnceLock::new();
                SQL.get_or_init(|| $crate::store::by_id(<Self as ::facts::Kind>::table()))
            }
        }

        ::db::inventory::submit! {
            ::db::Registered::Many(|| vec![<$name as $crate::kind::Described>::known(), <$name as $crate::kind::Described>::by_id()])
        }
    };
}
pub(crate) use sourced_kind;

/// Runs an expression with the type of a kind: `with_kind!(kind, K => list::<K>(…))`.
macro_rules! with_kind {
    ($kind:expr, $alias:ident => $body:expr) => {
        match $kind {
            $crate::FactKind::CommuneProfile => {
                type $alias = $crate::communes::CommuneProfile;
                $body
            }
            $crate::FactKind::OrganisationProfile => {
                type $alias = $crate::organisations::OrganisationProfile;
                $body
            }
            $crate::FactKind::OrganisationRole => {
                type $alias = $crate::organisations::OrganisationRole;
                $body
            }
            $crate::FactKind::ConsortiumMember => {
                type $alias = $crate::organisations::ConsortiumMember;
                $body
            }
            $crate::FactKind::StructureProfile => {
                type $alias = $crate::structures::StructureProfile;
                $body
            }
            $crate::FactKind::Sector => {
                type $alias = $crate::structures::Sector;
                $body
            }
            $crate::FactKind::AgencyContract => {
                type $alias = $crate::structures::AgencyContract;
                $body
            }
            $crate::FactKind::Succession => {
                type $alias = $crate::structures::Succession;
                $body
            }
            $crate::FactKind::PostProfile => {
                type $alias = $crate::posts::PostProfile;
                $body
            }
            $crate::FactKind::PostHolder => {
                type $alias = $crate::posts::PostHolder;
                $body
            }
        }
    };
}
pub(crate) use with_kind;

/// What the program needs to know of a kind to show its form or recognise its file.
pub struct Description {
    pub kind: FactKind,
    pub label: &'static str,
    pub layout: Layout,
    pub fields: &'static [Field],
    pub subject: SubjectKind,
}

impl Description {
    /// The columns that people read and type as a last day, and files as the first day after it.
    pub fn last_days(&self) -> impl Iterator<Item = &'static str> {
        let to = if self.layout.to_is_last_day { self.layout.to } else { &[] };
        let fields = self.fields.iter().filter(|field| matches!(field.input, Input::LastDay));
        to.iter().copied().chain(fields.map(|field| field.column))
    }
}

impl FactKind {
    pub fn description(self) -> Description {
        with_kind!(self, K => Description {
            kind: self,
            label: K::LABEL,
            layout: K::LAYOUT,
            fields: K::FIELDS,
            subject: <<K as facts::Kind>::Subject as Named>::KIND,
        })
    }
}
