//! What stands around every page: header, navigation, crumbs, messages, footer.
//!
//! A page struct has a field `layout: Layout` and its template begins with
//! `{% extends "layout.html" %}`; it fills the block `content`.

use std::sync::Arc;

use base::Date;

use crate::components::Fragment;
use crate::fr;
use crate::site::Site;

/// Around one page.
#[derive(Clone)]
pub struct Layout {
    pub site: Arc<Site>,
    pub today: Date,
    pub path: String,
    /// Name of the page: its `<h1>` and the window's title.
    pub title: String,
    /// A sentence under the title.
    pub lead: String,
    pub nav: Vec<NavItem>,
    pub user: Option<UserMenu>,
    pub crumbs: Vec<Crumb>,
    /// Each a [`Flash`](crate::components::Flash).
    pub flashes: Vec<Fragment>,
    /// Whether people can be searched for from every page.
    pub search: bool,
    /// What was searched for, kept in the box.
    pub searched: String,
    /// Without script, the page reloads itself after this many seconds (a job in progress).
    pub refresh: Option<u32>,
}

/// An entry of the main navigation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NavItem {
    pub label: String,
    pub href: String,
}

/// Who is signed in, under which mandate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserMenu {
    pub name: String,
    pub mandates: Vec<MandateChoice>,
}

/// One mandate of the person signed in: « Conseillère · ALI de Stains ».
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MandateChoice {
    /// Sent as `mandat` to `POST /mandat`.
    pub id: String,
    pub label: String,
    pub current: bool,
}

/// A page above this one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Crumb {
    pub label: String,
    pub href: String,
}

impl Layout {
    /// `path` is the address of the page, without its query: it marks its entry in the navigation.
    pub fn new(site: Arc<Site>, today: Date, path: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            site,
            today,
            path: path.into(),
            title: title.into(),
            lead: String::new(),
            nav: Vec::new(),
            user: None,
            crumbs: Vec::new(),
            flashes: Vec::new(),
            search: false,
            searched: String::new(),
            refresh: None,
        }
    }

    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }

    /// The entries of this role; the one whose address begins the page's is marked.
    pub fn nav(mut self, nav: Vec<NavItem>) -> Self {
        self.nav = nav;
        self
    }

    pub fn user(mut self, user: UserMenu) -> Self {
        self.user = Some(user);
        self
    }

    /// A page above this one, from the top down. The page's own title is added by the template.
    pub fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push(Crumb { label: label.into(), href: href.into() });
        self
    }

    pub fn flash(mut self, flash: impl Into<Fragment>) -> Self {
        self.flashes.push(flash.into());
        self
    }

    /// Shows the box that searches for people, or not.
    pub fn search(mut self, search: bool) -> Self {
        self.search = search;
        self
    }

    pub fn searched(mut self, text: impl Into<String>) -> Self {
        self.searched = text.into();
        self
    }

    pub fn today_long(&self) -> String {
        fr::date_long(self.today)
    }

    /// Whether the page stands under this entry of the navigation.
    pub fn under(&self, item: &NavItem) -> bool {
        let rest = self.path.strip_prefix(item.href.as_str());
        rest.is_some_and(|rest| rest.is_empty() || (item.href != "/" && rest.starts_with('/')))
    }

    pub fn refresh(mut self, seconds: u32) -> Self {
        self.refresh = Some(seconds);
        self
    }
}

impl NavItem {
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

impl UserMenu {
    /// « AT » of « Awa Traoré »: all that a telephone has room for.
    pub fn initials(&self) -> String {
        self.name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect()
    }

    /// The mandate in use.
    pub fn current(&self) -> Option<&MandateChoice> {
        self.mandates.iter().find(|mandate| mandate.current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_marks_its_own_entry_only() {
        let layout =
            Layout::new(Site::sample().shared(), Date::new(2026, 11, 22).unwrap(), "/personnes/12", "Nadia Benali");
        assert!(layout.under(&NavItem::new("/personnes", "Personnes")));
        assert!(!layout.under(&NavItem::new("/person", "Autre")));
        assert!(!layout.under(&NavItem::new("/", "Accueil")));
    }
}
