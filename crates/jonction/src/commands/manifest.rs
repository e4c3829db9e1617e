//! What lies beside a backup: what it is, and under which key.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use platform::Keys;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Result};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Shape of this file.
    pub format: u32,
    /// Version of the program that made the backup.
    pub program: String,
    /// `sqlite` or `postgres`: a backup goes back to the engine it came from.
    pub engine: String,
    /// Steps of the schema it holds.
    pub schema: Vec<String>,
    pub made_at: String,
    pub bytes: u64,
    /// Of the backup, in hexadecimal.
    pub sha256: String,
    /// Tells the key of the data, without being of any use to open it.
    pub key_fingerprint: String,
    /// Codes of the départements in it.
    pub departments: Vec<String>,
}

pub const FORMAT: u32 = 1;

/// Where the manifest of a backup lies.
pub fn beside(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".manifeste.json");
    name.into()
}

/// Tells two keys apart.
pub fn fingerprint(keys: &Keys) -> String {
    keys.blind_index("empreinte de la clé").iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Digest and length of a file.
pub fn digest(path: &Path) -> Result<(String, u64)> {
    let unreadable = |problem| Failure::file("lire", path, problem);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        match file.read(&mut buffer).map_err(unreadable)? {
            0 => break,
            count => {
                context.update(&buffer[..count]);
                length += count as u64;
            }
        }
    }
    Ok((context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect(), length))
}

impl Manifest {
    pub fn write(&self, backup: &Path) -> Result<()> {
        let path = beside(backup);
        let text = serde_json::to_string_pretty(self).map_err(|problem| Failure::file("écrire", &path, problem))?;
        std::fs::write(&path, text + "\n").map_err(|problem| Failure::file("écrire", &path, problem))
    }

    /// Reads the manifest of a backup and makes sure that the backup is whole.
    pub fn read_checked(backup: &Path) -> Result<Self> {
        let path = beside(backup);
        let text = std::fs::read_to_string(&path).map_err(|problem| {
            Failure::file("lire", &path, problem)
                .mend("une sauvegarde va avec son manifeste\u{a0}: remettez-le à côté d’elle")
        })?;
        let manifest: Self = serde_json::from_str(&text).map_err(|problem| {
            Failure::refused(format!("ce manifeste n’en est pas un ({problem})")).at(path.display())
        })?;
        if manifest.format != FORMAT {
            return Err(Failure::refused(format!("manifeste de forme {}, inconnue de cette version", manifest.format))
                .at(path.display()));
        }
        let (sha256, bytes) = digest(backup)?;
        if (&sha256, bytes) != (&manifest.sha256, manifest.bytes) {
            return Err(Failure::refused(
                "la sauvegarde n’est pas celle que décrit son manifeste\u{a0}: elle a été modifiée ou tronquée",
            )
            .at(backup.display())
            .mend("prenez une autre copie de cette sauvegarde, ou une autre sauvegarde"));
        }
        Ok(manifest)
    }
}
