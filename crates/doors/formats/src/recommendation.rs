//! The codes of a recommendation of France Travail, as two public programs that exchange with it write them; no
//! official list was found. A code outside the lists is kept and told.
//!
//! One of these programs sends `PSP` for the social path and `PSO` for the socio-professional one, the reverse of what
//! it reads: received history may hold swapped values, so codes are kept as received and only read here.

/// A code and what it means, in French.
pub type Code = (&'static str, &'static str);

/// The path recommended.
pub const PATHS: [Code; 5] = [
    ("PED", "emploi"),
    ("PSP", "socio-professionnel"),
    ("PSO", "social"),
    ("EO", "entretien d’orientation"),
    ("IND", "indéterminé"),
];

/// The organ in charge.
pub const ORGANS: [Code; 5] = [
    ("FT", "France Travail"),
    ("CD", "conseil départemental"),
    ("ML", "mission locale"),
    ("CE", "Cap emploi"),
    ("IND", "indéterminé"),
];

pub const STATUSES: [Code; 2] = [("PRECONISE", "préconisé"), ("DECIDE", "décidé")];

/// What a code means; `None` outside the list.
pub fn label(list: &[Code], code: &str) -> Option<&'static str> {
    list.iter().find(|(known, _)| *known == code).map(|(_, label)| *label)
}

/// The code of a meaning.
pub fn code(list: &[Code], label: &str) -> Option<&'static str> {
    list.iter().find(|(_, known)| *known == label).map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_meanings_go_there_and_back() {
        for list in [&PATHS[..], &ORGANS, &STATUSES] {
            for (known, meaning) in list {
                assert_eq!(code(list, meaning), Some(*known));
                assert_eq!(label(list, known), Some(*meaning));
            }
        }
    }

    #[test]
    fn the_two_paths_that_get_swapped_are_told_apart() {
        assert_eq!(label(&PATHS, "PSP"), Some("socio-professionnel"));
        assert_eq!(label(&PATHS, "PSO"), Some("social"));
        assert_eq!(code(&PATHS, "social"), Some("PSO"));
        assert_eq!(label(&PATHS, "psp"), None);
    }
}
