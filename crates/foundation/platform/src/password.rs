//! Passwords: which are accepted, how they are kept.
//!
//! Accepted are the three forms that the CNIL gives as examples of 80 bits of entropy (délibération
//! n° 2022-100 du 21 juillet 2022): twelve characters of four classes, fourteen of three, or a sentence of
//! seven words. Kept is their Argon2id hash, with the second set of parameters that RFC 9106 (section 4)
//! recommends: 64 MiB, 3 passes, 4 lanes, above the minima of OWASP (19 MiB, 2 passes) and as the ANSSI asks
//! (a memory-hard function with a random salt; guide on passwords of 8 October 2021).

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use base::{Email, fold, words};
use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::Semaphore;

use crate::keys::KeyError;
use crate::{Error, Result};

/// What a password lacks, each in a French sentence to show beside the field.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", .0.join(" "))]
pub struct Lacks(pub Vec<String>);

/// What to write under the field before anything is typed.
pub const ADVICE: &str = "Au moins 12 caractères avec des majuscules, des minuscules, des chiffres et des caractères spéciaux, ou 14 caractères sans caractère spécial, ou une phrase de 7 mots différents.";

/// Longer than anybody types; hashing more would only serve to tire the machine.
const LONGEST: usize = 512;

/// What people type first, and what they would type here.
const TOO_COMMON: &[&str] = &[
    "motdepasse",
    "password",
    "passw0rd",
    "azerty",
    "qwerty",
    "qwertz",
    "qsdfgh",
    "wxcvbn",
    "bonjour",
    "bienvenue",
    "soleil",
    "chouchou",
    "doudou",
    "loulou",
    "nicolas",
    "marseille",
    "football",
    "iloveyou",
    "jetaime",
    "admin",
    "secret",
    "welcome",
    "dragon",
    "monkey",
    "letmein",
    "123456",
    "234567",
    "345678",
    "456789",
    "987654",
    "654321",
    "abcdef",
    "111111",
    "000000",
    "jonction",
    "insertion",
    "departement",
    "seinesaintdenis",
    "bobigny",
    "printemps",
    "automne",
    "janvier",
    "fevrier",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
];

/// Checks a password chosen by `name` at `email`.
pub fn check(password: &str, name: &str, email: &Email) -> Result<(), Lacks> {
    let mut lacks = Vec::new();
    if password.len() > LONGEST {
        return Err(Lacks(vec![format!("Le mot de passe dépasse {LONGEST} octets.")]));
    }
    let folded = fold(password);
    let sentence: HashSet<&str> = words(&folded).filter(|word| word.chars().count() >= 2).collect();
    if sentence.len() < 7 {
        lacks.extend(lacks_of_characters(password));
        let plain = folded.replace(' ', "");
        if TOO_COMMON.iter().any(|common| plain.contains(common)) {
            lacks.push(
                "Il contient un mot ou une suite que l’on essaie en premier : choisissez autre chose.".to_owned(),
            );
        }
    }
    let (local, domain) = email.as_str().split_once('@').unwrap_or((email.as_str(), ""));
    let own = [fold(name), fold(local), fold(domain.split('.').next().unwrap_or_default())];
    let plain = folded.replace(' ', "");
    if own.iter().flat_map(|own| words(own)).any(|word| word.chars().count() >= 4 && plain.contains(word)) {
        lacks.push("Il contient votre nom ou votre adresse électronique.".to_owned());
    }
    if lacks.is_empty() { Ok(()) } else { Err(Lacks(lacks)) }
}

fn lacks_of_characters(password: &str) -> Vec<String> {
    let mut lacks = Vec::new();
    let length = password.chars().count();
    let different = password.chars().collect::<HashSet<_>>().len();
    let missing: Vec<&str> = [
        ("une majuscule", password.chars().any(char::is_uppercase)),
        ("une minuscule", password.chars().any(char::is_lowercase)),
        ("un chiffre", password.chars().any(|c| c.is_ascii_digit())),
    ]
    .into_iter()
    .filter_map(|(class, present)| (!present).then_some(class))
    .collect();
    if !missing.is_empty() {
        lacks.push(format!("Il manque {}.", missing.join(", ")));
    }
    let special = password.chars().any(|c| !c.is_alphanumeric());
    let wanted = if special { 12 } else { 14 };
    if length < wanted {
        let or = if special { "" } else { " (ou 12 avec un caractère spécial)" };
        let plural = if length > 1 { "s" } else { "" };
        lacks.push(format!("Il compte {length} caractère{plural} : il en faut au moins {wanted}{or}."));
    }
    if different < 8 && length >= 8 {
        lacks.push("Il répète trop souvent les mêmes caractères.".to_owned());
    }
    lacks
}

/// A password given to somebody: shown once, to be changed at the first sign-in.
pub struct Temporary(String);

impl Temporary {
    /// Twenty characters that cannot be taken for one another, in groups of four (98 bits).
    pub(crate) fn random() -> Result<Self> {
        const LETTERS: &[u8; 31] = b"ABCDEFGHJKLMNPQRSTUVWXYZ2345678";
        let random = SystemRandom::new();
        let mut text = String::with_capacity(24);
        while text.len() < 24 {
            let mut byte = [0];
            random.fill(&mut byte).map_err(|_| KeyError::NoRandom)?;
            // The last bytes would favour the first letters.
            if byte[0] < 248 {
                text.push(char::from(LETTERS[usize::from(byte[0] % 31)]));
                if text.len() % 5 == 4 && text.len() < 24 {
                    text.push('-');
                }
            }
        }
        Ok(Self(text))
    }

    /// The password itself, to be shown and forgotten.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Temporary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Temporary(…)")
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(64 * 1024, 3, 4, None).expect("the parameters of RFC 9106 are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes at the same time at most: each takes 64 MiB and a core.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// Work on a password, away from the asynchronous workers.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _turn = TURNS.acquire().await.map_err(|closed| Error::rule(closed.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|stopped| Error::rule(stopped.to_string()))
}

/// The hash to keep, in the PHC format.
pub(crate) async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    let hashed = apart(move || argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string())).await?;
    hashed.map_err(|problem| Error::rule(problem.to_string()))
}

/// Whether the password is that of a hash. Takes the same time when there is no hash to compare with.
pub(crate) async fn verify(password: &str, hash: Option<String>) -> Result<bool> {
    static NOBODY: LazyLock<String> =
        LazyLock::new(|| argon2().hash_password(b"nobody's password").map(|hash| hash.to_string()).unwrap_or_default());
    let usable = password.len() <= LONGEST;
    let password = if usable { password.to_owned() } else { String::new() };
    apart(move || {
        let known = hash.is_some() && usable;
        let text = hash.as_deref().unwrap_or(&NOBODY);
        let matches =
            PasswordHash::new(text).is_ok_and(|parsed| argon2().verify_password(password.as_bytes(), &parsed).is_ok());
        known && matches
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacks(password: &str) -> Vec<String> {
        let email = Email::parse("anne.fictive@exemple.fr").unwrap();
        check(password, "Anne Fictive", &email).map_or_else(|lacks| lacks.0, |()| Vec::new())
    }

    #[test]
    fn the_three_forms_of_the_cnil_are_accepted() {
        for password in
            ["Truite!Verte42", "TruiteVerte427", "Lac9-vélo-Gris", "le héron gris attend sous la pluie fine"]
        {
            assert_eq!(lacks(password), Vec::<String>::new(), "{password}");
        }
    }

    #[test]
    fn says_what_lacks() {
        insta::assert_debug_snapshot!(
            [
                "court",
                "TruiteVerte42",
                "truite!verte42",
                "Motdepasse2026!",
                "Fictive!Verte42",
                "Aa1!Aa1!Aa1!",
                "un deux un deux un deux un deux",
                "",
            ]
            .map(|password| (password, lacks(password)))
        );
        assert!(!lacks(&"a1B!".repeat(200)).is_empty());
    }

    #[test]
    fn temporary_passwords_pass_the_rules_and_differ() {
        let (one, other) = (Temporary::random().unwrap(), Temporary::random().unwrap());
        assert_ne!(one.reveal(), other.reveal());
        assert_eq!(one.reveal().len(), 24);
        assert!(!format!("{one:?}").contains(&one.reveal()[..4]));
    }

    #[tokio::test]
    async fn hashes_verify_and_nobody_has_no_password() {
        let kept = hash("Truite!Verte42").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=65536,t=3,p=4$"), "{kept}");
        assert!(verify("Truite!Verte42", Some(kept.clone())).await.unwrap());
        assert!(!verify("Truite!Verte43", Some(kept.clone())).await.unwrap());
        assert!(!verify("nobody's password", None).await.unwrap());
        assert!(!verify("", Some(String::new())).await.unwrap());
        assert!(!verify(&"a".repeat(1_000), Some(kept)).await.unwrap());
    }
}
