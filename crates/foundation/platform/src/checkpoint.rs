//! Checkpoints of the journal, taken where whoever can rewrite the database cannot reach: a folder (best on
//! another machine) and, if there is one, a mail address.

use std::path::{Path, PathBuf};

use base::Email;
use facts::journal::{self, Chain, Checkpoint};
use tokio::io::AsyncWriteExt;

use crate::{Error, Platform, Result, tenant};

/// Where checkpoints go.
#[derive(Clone, Debug)]
pub struct Target {
    pub folder: PathBuf,
    pub address: Option<Email>,
}

/// The file of checkpoints in its folder; lines are only ever added to it.
const FILE: &str = "points-de-controle.txt";

impl Target {
    /// The checkpoints kept so far.
    ///
    /// # Errors
    /// [`Error::File`] when the file cannot be read, or a line of it is no checkpoint. A file that does not exist yet is empty.
    pub fn read(&self) -> Result<Vec<Checkpoint>> {
        read(&self.folder.join(FILE))
    }
}

/// Reads a file of checkpoints, one a line (see [`Checkpoint::line`]).
pub fn read(path: &Path) -> Result<Vec<Checkpoint>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(problem) => return Err(Error::file(path, problem)),
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            Checkpoint::parse(line)
                .ok_or_else(|| Error::file(path, format!("ligne {}\u{a0}: pas un point de contrôle", number + 1)))
        })
        .collect()
}

/// Takes the last seal of every chain of every tenant out, if it is not there yet. Gives the lines added.
///
/// A message that cannot be sent is an error, after the lines have been written: the next checkpoint covers
/// all that this one did.
pub async fn export(platform: &Platform, target: &Target) -> Result<Vec<String>> {
    let path = target.folder.join(FILE);
    let kept = target.read()?;
    let mut lines = Vec::new();
    for department in tenant::all(&platform.db).await? {
        for chain in Chain::ALL {
            let last = journal::checkpoint(&platform.db, *chain, department.id).await?;
            lines.extend(last.filter(|last| !kept.contains(last)).map(|last| last.line()));
        }
    }
    if lines.is_empty() {
        return Ok(lines);
    }
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    append(&target.folder, &path, &text).await.map_err(|problem| Error::file(&path, problem))?;
    if let Some(address) = &target.address {
        let subject = format!("Jonction\u{a0}: points de contrôle du journal, {}", platform.now());
        let explanation = "À conserver\u{a0}: ces lignes prouvent que le journal n’a pas été réécrit (commande «\u{a0}jonction verify\u{a0}»).";
        platform.mail.send(address, &subject, &format!("{explanation}\n\n{text}")).await?;
    }
    Ok(lines)
}

async fn append(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let mut file = tokio::fs::OpenOptions::new().create(true).append(true).open(path).await?;
    file.write_all(text.as_bytes()).await?;
    file.sync_all().await
}
