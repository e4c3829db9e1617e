//! The building blocks of every page: one struct per component, with the template of the same name
//! in `templates/components/`. A page struct holds components; its template writes `{{ table }}`.
//!
//! Whatever a component shows is a [`Fragment`]: a text becomes one by being escaped, a component
//! by being rendered. So a cell, a hint or a flash takes a `&str`, a `String`, a [`Badge`] or a
//! [`Link`] alike, and nothing can be forgotten unescaped.

mod bar;
mod button;
mod description;
mod dialog;
mod field;
mod figure;
mod filter_bar;
mod form;
mod fragment;
mod icon;
mod map;
mod notice;
mod progress;
mod query;
mod status;
mod strip;
mod table;
mod tabs;
mod timeline;

pub use bar::Bar;
pub use button::{ActionForm, Button, ButtonKind, Link};
pub use description::Description;
pub use dialog::{Dialog, Help};
pub use field::{Choice, Field, Suggestions};
pub use figure::Figure;
pub use filter_bar::{Chip, FilterBar};
pub use form::Form;
pub use fragment::Fragment;
pub use icon::Icon;
pub use map::{Area, Map};
pub use notice::{Flash, Notice};
pub use progress::Progress;
pub use query::Query;
pub use status::{Badge, Source, Tone, Unknown};
pub use strip::{Lane, Look, Segment, Strip};
pub use table::{BulkBar, Column, EmptyState, Pager, Row, Table};
pub use tabs::Tabs;
pub use timeline::{Event, Timeline};
