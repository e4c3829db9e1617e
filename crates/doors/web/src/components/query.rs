/// The query of the page being shown, as pairs in their order: what sorting, filtering and paging
/// links are made from, so that following one keeps the others.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Query(Vec<(String, String)>);

/// Keys of the place in a list: any change of filter or order goes back to the first page.
const PLACE: [&str; 2] = ["apres", "avant"];

impl Query {
    /// Reads `a=1&b=x%20y`; pairs without value are left out.
    pub fn parse(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// First value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All values of a key, for filters that take several.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The same query with one value for this key, back on the first page.
    pub fn with(&self, key: &str, value: impl Into<String>) -> Self {
        let mut query = self.without(key);
        query.0.push((key.to_owned(), value.into()));
        query
    }

    /// The same query without this key, back on the first page.
    pub fn without(&self, key: &str) -> Self {
        let kept = self.0.iter().filter(|(name, _)| name != key && !PLACE.contains(&name.as_str()));
        Self(kept.cloned().collect())
    }

    /// The same query without one value of a key that has several.
    pub fn without_value(&self, key: &str, value: &str) -> Self {
        let kept = self.0.iter().filter(|(name, own)| {
            let removed = name == key && own == value;
            !removed && !PLACE.contains(&name.as_str())
        });
        Self(kept.cloned().collect())
    }

    /// A link to `path` with this query.
    pub fn href(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let mut query = form_urlencoded::Serializer::for_suffix(format!("{path}?"), path.len() + 1);
        query.extend_pairs(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_survives_the_round_trip() {
        let query = Query::parse(Some("q=%C3%89lo%C3%AFse+d%27A&commune=93066&vide=&x"));
        assert_eq!(query.get("q"), Some("Éloïse d'A"));
        assert_eq!(query.href("/personnes"), "/personnes?q=%C3%89lo%C3%AFse+d%27A&commune=93066");
        assert_eq!(Query::parse(Some("a=%zz%4")).get("a"), Some("%zz%4"));
    }

    #[test]
    fn changing_a_filter_goes_back_to_the_first_page() {
        let query = Query::parse(Some("tri=nom&apres=xyz&public=jeune&public=senior"));
        assert_eq!(query.with("tri", "-nom").href("/p"), "/p?public=jeune&public=senior&tri=-nom");
        assert_eq!(query.without_value("public", "jeune").href("/p"), "/p?tri=nom&public=senior");
        assert_eq!(query.all("public").count(), 2);
    }
}
