//! Secrets at rest. One master key in a file outside the database; what is derived from it locks values,
//! and makes them searchable without unlocking them.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::Id;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::{Ask, Db, sql};
use facts::Tenant;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

use crate::{Error, Result};

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyError {
    #[error("le fichier de clé {} existe déjà : une autre clé rendrait illisible ce que celle-ci protège", .0.display())]
    Exists(PathBuf),
    #[error("le fichier de clé {} ne contient pas une clé (32 octets en base64)", .0.display())]
    Malformed(PathBuf),
    #[error("cette clé n’est pas celle de la base : indiquez le fichier de clé d’origine")]
    Wrong,
    #[error("valeur protégée illisible : la clé ou le contenu ne correspond pas")]
    Unreadable,
    #[error("le système ne fournit pas de nombres aléatoires")]
    NoRandom,
}

/// Version of what [`Keys::lock`] produces, its first byte.
const VERSION: u8 = 1;

/// Length of a master key, in bytes.
const MASTER: usize = 32;

/// The keys in use, derived from the master key by HKDF-SHA256 (RFC 5869). Cheap to clone.
#[derive(Clone)]
pub struct Keys(Arc<Derived>);

struct Derived {
    lock: LessSafeKey,
    index: hmac::Key,
    random: SystemRandom,
}

impl Keys {
    /// Writes a new random master key to a file readable by its owner alone, and gives its keys.
    ///
    /// # Errors
    /// [`KeyError::Exists`]: a key is never overwritten.
    pub fn create(path: &Path) -> Result<Self> {
        let mut master = [0; MASTER];
        SystemRandom::new().fill(&mut master).map_err(|_| KeyError::NoRandom)?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|problem| Error::file(folder, problem))?;
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|problem| match problem.kind() {
            std::io::ErrorKind::AlreadyExists => Error::Key(KeyError::Exists(path.to_owned())),
            _ => Error::file(path, problem),
        })?;
        writeln!(file, "{}", STANDARD.encode(master))
            .and_then(|()| file.sync_all())
            .map_err(|problem| Error::file(path, problem))?;
        Ok(Self::derive(&master))
    }

    /// Reads the master key of a file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|problem| Error::file(path, problem))?;
        let bytes = STANDARD.decode(text.trim()).map_err(|_| KeyError::Malformed(path.to_owned()))?;
        let master: [u8; MASTER] = bytes.try_into().map_err(|_| KeyError::Malformed(path.to_owned()))?;
        #[cfg(unix)]
        if let Ok(state) = std::fs::metadata(path)
            && std::os::unix::fs::PermissionsExt::mode(&state.permissions()) & 0o077 != 0
        {
            tracing::warn!(path = %path.display(), "the key file can be read by other users of this machine");
        }
        Ok(Self::derive(&master))
    }

    /// The keys of a master key.
    pub fn derive(master: &[u8; MASTER]) -> Self {
        let root = Salt::new(HKDF_SHA256, b"jonction").extract(master);
        let lock = UnboundKey::new(&AES_256_GCM, &subkey(&root, b"lock")).expect("32 bytes make an AES-256 key");
        Self(Arc::new(Derived {
            lock: LessSafeKey::new(lock),
            index: hmac::Key::new(hmac::HMAC_SHA256, &subkey(&root, b"index")),
            random: SystemRandom::new(),
        }))
    }

    /// Locks bytes (AES-256-GCM). What was locked for one `context` cannot be passed off as another's.
    ///
    /// The result is the version, 12 random bytes, then the locked bytes and their 16-byte seal. Random
    /// nonces are safe up to 2³² values per key (NIST SP 800-38D, 8.3).
    pub fn lock(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        self.0.random.fill(&mut nonce).map_err(|_| KeyError::NoRandom)?;
        let mut locked = Vec::with_capacity(1 + NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        locked.push(VERSION);
        locked.extend_from_slice(&nonce);
        locked.extend_from_slice(plain);
        let body = &mut locked[1 + NONCE_LEN..];
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .0
            .lock
            .seal_in_place_separate_tag(nonce, Aad::from(context.as_bytes()), body)
            .map_err(|_| KeyError::Unreadable)?;
        locked.extend_from_slice(tag.as_ref());
        Ok(locked)
    }

    /// Opens what [`lock`](Self::lock) produced for the same context.
    ///
    /// # Errors
    /// [`KeyError::Unreadable`] under another key or context, or when a byte has changed.
    pub fn open(&self, context: &str, locked: &[u8]) -> Result<Vec<u8>> {
        let (version, rest) = locked.split_first().ok_or(KeyError::Unreadable)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(KeyError::Unreadable)?;
        if *version != VERSION {
            return Err(KeyError::Unreadable.into());
        }
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self
            .0
            .lock
            .open_in_place(nonce, Aad::from(context.as_bytes()), &mut body)
            .map_err(|_| KeyError::Unreadable)?;
        let length = plain.len();
        body.truncate(length);
        Ok(body)
    }

    /// What a value is searched by (HMAC-SHA256, 32 bytes): the same for the same text, and of no use without
    /// the key.
    pub fn blind_index(&self, text: &str) -> Vec<u8> {
        hmac::sign(&self.0.index, text.as_bytes()).as_ref().to_vec()
    }

    /// Makes sure that this is the key of a tenant's data: the first time it leaves a proof in the database,
    /// later it opens it.
    ///
    /// # Errors
    /// [`KeyError::Wrong`]: these are not the keys under which the data was locked.
    pub async fn check(&self, db: &Db, tenant: Id<Tenant>) -> Result<()> {
        let context = format!("key_check:{tenant}");
        if db.maybe::<Vec<u8>>(&PROOF, &[&tenant]).await?.is_none() {
            let proof = self.lock(&context, PROOF_TEXT)?;
            let tx = db.begin().await?;
            tx.execute(&LEAVE_PROOF, &[&tenant, &proof]).await?;
            tx.commit().await?;
        }
        // Read back: another process may have left its own first.
        let proof: Vec<u8> = db.one(&PROOF, &[&tenant]).await?;
        match self.open(&context, &proof) {
            Ok(plain) if plain == PROOF_TEXT => Ok(()),
            _ => Err(KeyError::Wrong.into()),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

fn subkey(root: &Prk, purpose: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    root.expand(&[purpose], HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .expect("one block of SHA-256 can be derived");
    key
}

const PROOF_TEXT: &[u8] = b"jonction";

sql! {
    PROOF = "SELECT locked FROM key_check WHERE tenant = $1";
    LEAVE_PROOF = "INSERT INTO key_check (tenant, locked) VALUES ($1, $2) ON CONFLICT (tenant) DO NOTHING";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn opens_what_it_locked_and_nothing_else(plain in proptest::collection::vec(any::<u8>(), 0..64), place in 0usize..93) {
            let keys = Keys::derive(&[7; 32]);
            let locked = keys.lock("person.nir", &plain).unwrap();
            prop_assert_eq!(keys.open("person.nir", &locked).unwrap(), plain);
            prop_assert!(keys.open("person.phone", &locked).is_err());
            prop_assert!(Keys::derive(&[8; 32]).open("person.nir", &locked).is_err());
            let mut changed = locked.clone();
            let place = place % changed.len();
            changed[place] ^= 1;
            prop_assert!(keys.open("person.nir", &changed).is_err());
            prop_assert!(keys.open("person.nir", &locked[..locked.len() - 1]).is_err());
        }
    }

    #[test]
    fn the_same_text_has_the_same_index_under_the_same_key_only() {
        let keys = Keys::derive(&[7; 32]);
        assert_eq!(keys.blind_index("1850593066123"), keys.blind_index("1850593066123"));
        assert_ne!(keys.blind_index("1850593066123"), keys.blind_index("1850593066124"));
        assert_ne!(keys.blind_index("1850593066123"), Keys::derive(&[8; 32]).blind_index("1850593066123"));
        assert_ne!(keys.lock("x", b"y").unwrap(), keys.lock("x", b"y").unwrap());
    }

    #[test]
    fn a_key_file_is_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets/jonction.key");
        let made = Keys::create(&path).unwrap();
        let read = Keys::read(&path).unwrap();
        assert_eq!(read.open("x", &made.lock("x", b"y").unwrap()).unwrap(), b"y");
        assert!(matches!(Keys::create(&path), Err(Error::Key(KeyError::Exists(_)))));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "court").unwrap();
        assert!(matches!(Keys::read(&path), Err(Error::Key(KeyError::Malformed(_)))));
    }
}
