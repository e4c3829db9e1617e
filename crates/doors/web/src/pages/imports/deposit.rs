//! A file deposited: written to the spool as it arrives, checked whole, then handed to a job.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::extract::multipart::Field as Part;
use axum::extract::{Multipart, RawForm, State};
use axum::http::StatusCode;
use axum::response::Response;
use exchange::caf::job::{self, Demand};
use exchange::caf::{Error, Import, import};
use platform::gate::{ReadImports, permit};
use platform::jobs;
use ring::digest::{Context, SHA256};
use ring::rand::{SecureRandom, SystemRandom};
use support::feed;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::{PATH, demand, draw, tables};
use crate::app::App;
use crate::components::{Button, Field, Flash, Form, Query};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::to_mend;
use crate::problems::sentence;
use crate::session::{Signed, redirect_with};

/// How long a file kept aside waits for a decision.
const KEPT_ASIDE: Duration = Duration::from_secs(24 * 3600);

/// A file whose count differs from the one it announces.
pub(super) struct Mismatch {
    pub(super) form: Form,
    pub(super) told: String,
}

pub(super) fn form(problem: Option<String>) -> Form {
    Form::post("/imports/depot")
        .field(
            Field::file("fichier", "Fichier du flux bénéficiaires", ".xml,.rcv")
                .required()
                .hint("Le fichier tel que reçu, décompressé. Il est d’abord lu et contrôlé en entier\u{a0}: s’il est cassé, rien n’est écrit.")
                .error(problem),
        )
        .button(Button::primary("Déposer et importer"))
}

/// A deposited file, deleted unless somebody keeps it.
pub(super) struct Deposited {
    pub(super) path: PathBuf,
    pub(super) file_name: String,
    pub(super) sha256: String,
    pub(super) size: u64,
    pub(super) kept: bool,
}

impl Deposited {
    /// Its name in the spool.
    pub(super) fn token(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

impl Drop for Deposited {
    fn drop(&mut self) {
        if !self.kept {
            // What stays behind is swept away with the old ones.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

pub(super) async fn receive(State(app): State<App>, signed: Signed, mut parts: Multipart) -> Result<Response, Problem> {
    sweep(&app, &signed).await;
    let mut deposited = None;
    while let Some(part) = parts.next_field().await.map_err(|_| cut_short())? {
        if part.name() == Some("fichier") && deposited.is_none() {
            deposited = Some(spool(&app.spool, part).await?);
        }
    }
    let Some(mut deposited) = deposited.filter(|deposited| deposited.size > 0) else {
        return mend(&app, &signed, "Choisissez le fichier à importer.".to_owned(), None).await;
    };
    if let Some(known) = feed::file_by_digest(&app.platform, &signed.actor, &deposited.sha256).await?
        && let Some(completed) = known.completed_at
    {
        let told = format!(
            "Ce fichier a déjà été importé le {} sous le nom «\u{a0}{}\u{a0}»\u{a0}: rien n’a changé.",
            fr::date_long(completed.date()),
            known.file_name
        );
        return Ok(redirect_with(Flash::warning(told), &format!("{PATH}/{}", known.id)));
    }
    let waiting = jobs::of_kind(&app.platform, &permit::<ReadImports>(&signed.actor)?, job::KIND, 50).await?;
    let same = |job: &&jobs::State| {
        job.finished_at.is_none() && demand(job).is_some_and(|demand| demand.sha256 == deposited.sha256)
    };
    if let Some(job) = waiting.iter().find(same) {
        let flash = Flash::warning("Ce fichier est déjà en cours d’import.");
        return Ok(redirect_with(flash, &format!("/travaux/{}", job.id)));
    }
    let request = Import {
        path: deposited.path.clone(),
        file_name: deposited.file_name.clone(),
        dry_run: true,
        accept_count_mismatch: false,
    };
    match import(&app.platform, &signed.actor, &request, |_| {}).await {
        Ok(_) => start(&app, &signed, &mut deposited, false).await,
        Err(error) if error.is_count_mismatch() => {
            deposited.kept = true;
            let mismatch = mismatch(&deposited, &error);
            let problem =
                "Rien n’a été écrit\u{a0}: le nombre de foyers n’est pas celui que le fichier annonce.".to_owned();
            mend(&app, &signed, problem, Some(mismatch)).await
        }
        Err(error @ Error::Refused(_)) => {
            let told = sentence(&error.to_string());
            mend(&app, &signed, told, None).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn mend(app: &App, signed: &Signed, problem: String, mismatch: Option<Mismatch>) -> Result<Response, Problem> {
    let drawn = draw(app, signed, &Query::default(), Some(problem), mismatch).await?;
    Ok(to_mend(&drawn))
}

fn mismatch(deposited: &Deposited, error: &Error) -> Mismatch {
    let token = deposited.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let form = Form::post("/imports/depot/ecart")
        .hidden("depot", token)
        .hidden("nom", deposited.file_name.as_str())
        .hidden("empreinte", deposited.sha256.as_str())
        .button(Button::danger("Accepter l’écart de comptage et importer"))
        .cancel(PATH);
    Mismatch { form, told: sentence(&error.to_string()) }
}

/// The file kept aside is taken as it is: a decision, under the name of whoever sends this.
pub(super) async fn accept_mismatch(
    State(app): State<App>,
    signed: Signed,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let value = |wanted: &str| {
        form_urlencoded::parse(&body).find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    let missing = || Problem::unreadable("Le dépôt n’est plus là\u{a0}: déposez de nouveau le fichier.");
    let token = value("depot").filter(|token| is_token(token)).ok_or_else(missing)?;
    let path = app.spool.join(token);
    let size = tokio::fs::metadata(&path).await.map_err(|_| missing())?.len();
    let (file_name, sha256) = (value("nom").ok_or_else(missing)?, value("empreinte").ok_or_else(missing)?);
    let mut deposited = Deposited { path, file_name, sha256, size, kept: true };
    start(&app, &signed, &mut deposited, true).await
}

async fn start(
    app: &App,
    signed: &Signed,
    deposited: &mut Deposited,
    accept_count_mismatch: bool,
) -> Result<Response, Problem> {
    let demand = Demand {
        path: deposited.path.clone(),
        file_name: deposited.file_name.clone(),
        sha256: deposited.sha256.clone(),
        accept_count_mismatch,
        mandate: signed.actor.mandate(),
    };
    let id = job::enqueue(&app.platform, &signed.actor, &demand).await?;
    // From here on the job deletes it.
    deposited.kept = true;
    let told = format!(
        "Le fichier «\u{a0}{}\u{a0}» est reçu ({}) et lisible.",
        deposited.file_name,
        fr::file_size(deposited.size)
    );
    Ok(redirect_with(Flash::success(told), &format!("/travaux/{id}")))
}

/// Names of deposits: 32 hexadecimal digits, so that none leads out of the spool.
pub(super) fn is_token(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes what arrives, piece by piece.
pub(super) async fn spool(folder: &Path, mut part: Part<'_>) -> Result<Deposited, Problem> {
    let mut random = [0; 16];
    SystemRandom::new().fill(&mut random).map_err(|_| Problem::internal())?;
    let file_name = part.file_name().map(base_name).unwrap_or_default();
    let path = folder.join(hexadecimal(&random));
    tokio::fs::create_dir_all(folder).await.map_err(not_written)?;
    let mut file = File::create(&path).await.map_err(not_written)?;
    let mut deposited = Deposited { path, file_name, sha256: String::new(), size: 0, kept: false };
    let mut digest = Context::new(&SHA256);
    while let Some(piece) = part.chunk().await.map_err(|_| cut_short())? {
        digest.update(&piece);
        deposited.size += piece.len() as u64;
        file.write_all(&piece).await.map_err(not_written)?;
    }
    file.flush().await.map_err(not_written)?;
    deposited.sha256 = hexadecimal(digest.finish().as_ref());
    Ok(deposited)
}

/// The name without the folders that some browsers send.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).chars().take(200).collect()
}

fn not_written(problem: io::Error) -> Problem {
    tracing::error!(%problem, "a deposited file could not be written");
    Problem::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "Le fichier n’a pas pu être reçu",
        "La place manque peut-être sur la machine. Rien n’a été importé\u{a0}: prévenez la personne qui exploite l’application.",
    )
}

pub(super) fn cut_short() -> Problem {
    Problem::unreadable("L’envoi du fichier s’est interrompu. Rien n’a été importé\u{a0}: recommencez.")
}

/// Deletes deposits that nobody decided about for a day, by the age of the newest: no clock is asked.
pub(super) async fn sweep(app: &App, signed: &Signed) {
    let Ok(permit) = permit::<ReadImports>(&signed.actor) else { return };
    let mut in_use: Vec<PathBuf> = Vec::new();
    for kind in [job::KIND, exchange::inputs::job::KIND] {
        let Ok(jobs) = jobs::of_kind(&app.platform, &permit, kind, 200).await else { return };
        let waiting = jobs.iter().filter(|job| job.finished_at.is_none());
        in_use.extend(waiting.filter_map(|job| {
            demand(job).map(|demand| demand.path).or_else(|| tables::demand(job).map(|demand| demand.path))
        }));
    }
    let folder = app.spool.clone();
    // Whatever fails here is tried again with the next deposit.
    let _ = tokio::task::spawn_blocking(move || sweep_folder(&folder, &in_use)).await;
}

fn sweep_folder(folder: &Path, in_use: &[PathBuf]) -> io::Result<()> {
    let mut deposits = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(is_token) {
            deposits.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    let Some(newest) = deposits.iter().map(|(written, _)| *written).max() else { return Ok(()) };
    for (written, path) in deposits {
        if !in_use.contains(&path) && newest.duration_since(written).is_ok_and(|age| age > KEPT_ASIDE) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deposit_never_leads_out_of_the_spool() {
        assert!(is_token(&hexadecimal(&[7; 16])));
        for wrong in ["", "../../etc/passwd", "0707070707070707070707070707070/", "0707070707070707070707070707070G"] {
            assert!(!is_token(wrong), "{wrong}");
        }
        assert_eq!(base_name("C:\\Flux\\octobre.xml"), "octobre.xml");
    }
}
