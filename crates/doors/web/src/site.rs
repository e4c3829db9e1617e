use std::sync::Arc;

use crate::assets::{self, Accent};

/// What is the same on every page of one installation: names, colour, logo, version.
#[derive(Clone, Debug)]
pub struct Site {
    /// Name of the product as this département calls it.
    pub product: String,
    /// « Département de la Seine-Saint-Denis ».
    pub department: String,
    /// Version of the program, in the footer.
    pub version: String,
    /// All persons are fictitious: every page says so.
    pub demonstration: bool,
    theme_css: String,
    logo: Option<Logo>,
    digest: String,
}

/// The département's image, as configured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Logo {
    pub bytes: Vec<u8>,
    /// `image/svg+xml`, `image/png` …
    pub content_type: String,
}

impl Site {
    pub fn new(product: impl Into<String>, department: impl Into<String>, accent: Accent) -> Self {
        let mut site = Self {
            product: product.into(),
            department: department.into(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            demonstration: false,
            theme_css: accent.stylesheet(),
            logo: None,
            digest: String::new(),
        };
        site.renew_digest();
        site
    }

    pub fn logo_file(mut self, logo: Option<Logo>) -> Self {
        self.logo = logo;
        self.renew_digest();
        self
    }

    pub fn demonstration(mut self, demonstration: bool) -> Self {
        self.demonstration = demonstration;
        self
    }

    fn renew_digest(&mut self) {
        let logo = self.logo.as_ref().map_or(&[][..], |logo| &logo.bytes);
        self.digest = assets::digest_with(&[self.theme_css.as_bytes(), logo]);
    }

    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Address of a file of `assets/`, of `theme.css` or of `logo`.
    pub fn asset(&self, name: &str) -> String {
        format!("/static/{}/{name}", self.digest)
    }

    /// Address of the image in the header; without one the product's mark is drawn in the accent colour.
    pub fn logo_href(&self) -> Option<String> {
        self.logo.as_ref().map(|_| self.asset("logo"))
    }

    pub(crate) fn theme_css(&self) -> &str {
        &self.theme_css
    }

    pub(crate) fn logo(&self) -> Option<&Logo> {
        self.logo.as_ref()
    }

    /// The demonstration's site, also used by tests.
    pub fn sample() -> Self {
        let accent = "#0b5f73".parse().expect("a colour of the right form");
        Self::new("Jonction", "Département de la Seine-Saint-Denis", accent).demonstration(true)
    }

    pub fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }
}
