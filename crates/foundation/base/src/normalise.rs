use unicode_normalization::UnicodeNormalization;

/// Text as searched and matched: lower case, without accents, ligatures opened, everything that is
/// neither letter nor digit turned into single spaces. `"  D'ALMEIDA–Béjaïa "` → `"d almeida bejaia"`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut push = |character: char| {
        if character.is_alphanumeric() {
            folded.extend(character.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    };
    if text.is_ascii() {
        text.chars().for_each(&mut push);
    } else {
        for character in text.nfd() {
            match character {
                'œ' | 'Œ' => "oe".chars().for_each(&mut push),
                'æ' | 'Æ' => "ae".chars().for_each(&mut push),
                'ß' => "ss".chars().for_each(&mut push),
                'ø' | 'Ø' => push('o'),
                'ł' | 'Ł' => push('l'),
                'đ' | 'Đ' => push('d'),
                'ı' => push('i'),
                accent if unicode_normalization::char::is_combining_mark(accent) => {}
                other => push(other),
            }
        }
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// The words of an already folded text.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_names_as_people_type_them() {
        for (raw, folded) in [
            ("  D'ALMEIDA–Béjaïa ", "d almeida bejaia"),
            ("Cœur-Noël", "coeur noel"),
            ("ŁUKASZ", "lukasz"),
            ("İbrahim", "ibrahim"),
            ("Nguyễn", "nguyen"),
            ("", ""),
            ("--", ""),
        ] {
            assert_eq!(fold(raw), folded, "{raw}");
        }
    }
}
