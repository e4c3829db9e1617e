//! Sessions: who is signed in, from which browser, under which mandate.
//!
//! The browser holds a random token of 256 bits, the database its SHA-256 alone. The token changes at
//! sign-in, at each choice of a mandate and at a change of password. A session ends when nothing has been asked for a while
//! (parameter `session.idle_minutes`; 30 minutes where no mandate is chosen), and in any case after twelve hours.

use std::fmt;

use base::{Email, Id, Instant};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Ask, Tx, sql};
use facts::Tenant;
use facts::journal::{self, Chain, NewEntry};
use jiff::SignedDuration;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

use crate::gate::Actor;
use crate::keys::KeyError;
use crate::mandate::{self, Listed, Mandate};
use crate::parameter::{Parameters, SESSION_IDLE_MINUTES};
use crate::readings::Reading;
use crate::{Account, Error, Platform, Result, account, measures, password};

/// The longest a session lasts, whatever is done in it: a working day.
const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);

/// Without a mandate nothing can be done but choose one.
const IDLE_WITHOUT_MANDATE: SignedDuration = SignedDuration::from_mins(30);

/// How often, at most, a session notes that it is still in use.
const TOUCH: SignedDuration = SignedDuration::from_secs(60);

/// Enough of what a browser says of itself to recognise it in the list of sessions, in characters.
const BROWSER: usize = 200;

/// What the browser holds. The database never sees it.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    fn random() -> Result<Self> {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).map_err(|_| KeyError::NoRandom)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

fn digest_of(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

db::row! {
    struct Known {
        account: Id<Account>,
        tenant: Id<Tenant>,
        name: String,
        email: Email,
        password_hash: String,
        temporary_until: Option<Instant>,
        disabled_at: Option<Instant>,
    }
}

db::record! {
    struct NewSession in "session" {
        token_digest: Vec<u8>,
        public_id: i64,
        account: Id<Account>,
        mandate: Option<Id<Mandate>>,
        created_at: Instant,
        seen_at: Instant,
        idle_until: Instant,
        expires_at: Instant,
        browser: String,
    }
}

db::row! {
    struct Current {
        public_id: i64,
        mandate: Option<Id<Mandate>>,
        seen_at: Instant,
        expires_at: Instant,
        account: Id<Account>,
        tenant: Id<Tenant>,
        name: String,
        email: Email,
        password_hash: String,
        temporary_until: Option<Instant>,
    }
}

db::row! {
    /// A session as its owner sees it.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct Listing {
        /// To name it when revoking it; says nothing of its token.
        pub public_id: i64,
        pub created_at: Instant,
        pub seen_at: Instant,
        pub expires_at: Instant,
        /// What the browser said of itself.
        pub browser: String,
    }
}

sql! {
    KNOWN = "SELECT id, tenant, name, email, password_hash, temporary_until, disabled_at FROM account WHERE email = $1";
    CURRENT = "SELECT s.public_id, s.mandate, s.seen_at, s.expires_at, a.id, a.tenant, a.name, a.email, a.password_hash, a.temporary_until
               FROM session s JOIN account a ON a.id = s.account
               WHERE s.token_digest = $1 AND s.idle_until > $2 AND s.expires_at > $2 AND a.disabled_at IS NULL";
    TOUCHED = "UPDATE session SET seen_at = $1, idle_until = $2 WHERE token_digest = $3";
    ROTATE = "UPDATE session SET token_digest = $1, mandate = $2, seen_at = $3, idle_until = $4 WHERE token_digest = $5";
    OF_ACCOUNT = "SELECT public_id, created_at, seen_at, expires_at, browser FROM session
                  WHERE account = $1 AND idle_until > $2 AND expires_at > $2 ORDER BY seen_at DESC, public_id";
    END = "DELETE FROM session WHERE token_digest = $1";
    END_ONE = "DELETE FROM session WHERE account = $1 AND public_id = $2";
    END_ALL = "DELETE FROM session WHERE account = $1";
    END_OTHERS = "DELETE FROM session WHERE account = $1 AND public_id <> $2";
    PURGE = "DELETE FROM session WHERE idle_until <= $1 OR expires_at <= $1";
}

/// What a signed-in browser may do next.
#[derive(Clone, Debug)]
pub enum Standing {
    /// Act under a mandate.
    Acting(Box<Actor>),
    /// Choose one of several mandates ([`choose_mandate`]).
    ChooseMandate,
    /// Nothing: no mandate is in force today.
    NoMandate,
    /// Replace the temporary password ([`change_password`]) before anything else.
    ChangePassword,
}

/// Whoever is behind a token.
#[derive(Clone, Debug)]
pub struct Authenticated {
    pub account: Id<Account>,
    pub name: String,
    pub email: Email,
    /// The session, as in [`list`].
    pub session: i64,
    pub standing: Standing,
    /// The mandates in force today, to switch between them.
    pub mandates: Vec<Listed>,
}

/// Signs in. One answer and one duration whatever is wrong, so that nobody learns which accounts exist;
/// no count of attempts is kept by account, so that nobody can shut somebody else out (the door
/// limits attempts by address).
///
/// # Errors
/// [`Error::SignIn`].
pub async fn sign_in(platform: &Platform, email: &str, password: &str, browser: &str) -> Result<Token> {
    let now = platform.now();
    let known: Option<Known> = match Email::parse(email) {
        Ok(email) => platform.db.maybe(&KNOWN, &[&email]).await?,
        Err(_) => None,
    };
    let hash = known.as_ref().map(|known| known.password_hash.clone()).filter(|hash| !hash.is_empty());
    let right = password::verify(password, hash).await?;
    let welcome = known
        .filter(|known| known.disabled_at.is_none() && known.temporary_until.is_none_or(|until| now < until))
        .filter(|_| right);
    let Some(known) = welcome else {
        metrics::counter!(measures::SIGN_INS, "outcome" => "refused").increment(1);
        tracing::info!("sign-in refused");
        return Err(Error::SignIn);
    };
    let mandates = mandate::of_account(&platform.db, known.account, platform.today()).await?;
    let only = match mandates.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let token = Token::random()?;
    let idle = idle(platform, only.map(|only| only.tenant)).await?;
    platform
        .readings
        .record(Reading::of_session(known.tenant, known.account, only.map(|only| only.id), "session.opened"))
        .await?;
    let tx = platform.db.begin().await?;
    let public_id = tx.reserve_ids(1).await?[0];
    let session = NewSession {
        token_digest: digest_of(token.as_str()),
        public_id,
        account: known.account,
        mandate: only.map(|only| only.id),
        created_at: now,
        seen_at: now,
        idle_until: now.plus(idle),
        expires_at: now.plus(ABSOLUTE),
        browser: browser.chars().take(BROWSER).collect(),
    };
    tx.fill(&[session]).await?;
    tx.commit().await?;
    metrics::counter!(measures::SIGN_INS, "outcome" => "accepted").increment(1);
    Ok(token)
}

async fn idle(platform: &Platform, tenant: Option<Id<Tenant>>) -> Result<SignedDuration> {
    let Some(tenant) = tenant else { return Ok(IDLE_WITHOUT_MANDATE) };
    let parameters = Parameters::known_at(&platform.db, tenant, platform.now()).await?;
    let minutes: i64 = parameters.get(SESSION_IDLE_MINUTES, platform.today())?.value;
    Ok(SignedDuration::from_secs(minutes.clamp(1, 24 * 60) * 60))
}

/// Who is behind a token; `None` when its session has ended or never was. `request` marks what the actor does.
pub async fn authenticate(platform: &Platform, token: &str, request: &str) -> Result<Option<Authenticated>> {
    let now = platform.now();
    let Some(current) = current(platform, token).await? else { return Ok(None) };
    let mandates = mandate::of_account(&platform.db, current.account, now.date()).await?;
    let chosen = mandates
        .iter()
        .find(|listed| Some(listed.id) == current.mandate)
        .or_else(|| mandates.first().filter(|_| mandates.len() == 1));
    if now >= current.seen_at.plus(TOUCH) {
        let idle_until = now.plus(idle(platform, chosen.map(|listed| listed.tenant)).await?);
        let tx = platform.db.begin().await?;
        tx.execute(&TOUCHED, &[&now, &idle_until, &digest_of(token)]).await?;
        tx.commit().await?;
    }
    let standing = match chosen {
        _ if current.temporary_until.is_some() => Standing::ChangePassword,
        Some(listed) => Standing::Acting(Box::new(listed.clone().into_actor().for_request(request))),
        None if mandates.is_empty() => Standing::NoMandate,
        None => Standing::ChooseMandate,
    };
    Ok(Some(Authenticated {
        account: current.account,
        name: current.name,
        email: current.email,
        session: current.public_id,
        standing,
        mandates,
    }))
}

async fn current(platform: &Platform, token: &str) -> Result<Option<Current>> {
    Ok(platform.db.maybe(&CURRENT, &[&digest_of(token), &platform.now()]).await?)
}

async fn required(platform: &Platform, token: &str) -> Result<Current> {
    current(platform, token).await?.ok_or(Error::NotFound)
}

/// Goes on under another mandate, with a new token; the old one is dead.
///
/// # Errors
/// [`Error::NotFound`] when the session has ended or the mandate is not this account's today.
pub async fn choose_mandate(platform: &Platform, token: &str, mandate: Id<Mandate>) -> Result<Token> {
    let current = required(platform, token).await?;
    let mandates = mandate::of_account(&platform.db, current.account, platform.today()).await?;
    let chosen = mandates.into_iter().find(|listed| listed.id == mandate).ok_or(Error::NotFound)?;
    let reading = Reading::of_session(chosen.tenant, current.account, Some(chosen.id), "session.mandate_chosen");
    platform.readings.record(reading).await?;
    let idle = idle(platform, Some(chosen.tenant)).await?;
    let tx = platform.db.begin().await?;
    let rotated = rotate(&tx, token, Some(chosen.id), platform.now(), idle).await?;
    tx.commit().await?;
    Ok(rotated)
}

async fn rotate(
    tx: &Tx,
    token: &str,
    mandate: Option<Id<Mandate>>,
    now: Instant,
    idle: SignedDuration,
) -> Result<Token> {
    let rotated = Token::random()?;
    let (new, old) = (digest_of(rotated.as_str()), digest_of(token));
    match tx.execute(&ROTATE, &[&new, &mandate, &now, &now.plus(idle), &old]).await? {
        0 => Err(Error::NotFound),
        _ => Ok(rotated),
    }
}

/// Replaces the account's own password. The session goes on with a new token; all others end.
///
/// # Errors
/// [`Error::SignIn`] when the old password is wrong, [`Error::Password`] when the new one is weak.
pub async fn change_password(platform: &Platform, token: &str, old: &str, new: &str) -> Result<Token> {
    let current = required(platform, token).await?;
    let now = platform.now();
    if !password::verify(old, Some(current.password_hash)).await? {
        return Err(Error::SignIn);
    }
    if old == new {
        return Err(Error::rule("le nouveau mot de passe doit être différent de l’ancien"));
    }
    password::check(new, &current.name, &current.email)?;
    let hash = password::hash(new).await?;
    let tx = platform.db.begin().await?;
    account::set_password(&tx, current.account, &hash, None).await?;
    tx.execute(&END_OTHERS, &[&current.account, &current.public_id]).await?;
    let rotated = rotate(&tx, token, current.mandate, now, IDLE_WITHOUT_MANDATE).await?;
    let entry = NewEntry {
        author: Some(current.account),
        mandate: current.mandate.map(Id::raw),
        action: "account.password_changed",
        subject_kind: "account",
        subject: Some(current.account.raw()),
        payload: serde_json::Value::Null,
    };
    journal::append(&tx, Chain::Writes, current.tenant, now, entry).await?;
    tx.commit().await?;
    Ok(rotated)
}

/// Signs out: the token is dead. An unknown token is no error.
pub async fn sign_out(platform: &Platform, token: &str) -> Result<()> {
    let tx = platform.db.begin().await?;
    tx.execute(&END, &[&digest_of(token)]).await?;
    Ok(tx.commit().await?)
}

/// The account's sessions, the last used first.
pub async fn list(platform: &Platform, signed_in: &Authenticated) -> Result<Vec<Listing>> {
    Ok(platform.db.all(&OF_ACCOUNT, &[&signed_in.account, &platform.now()]).await?)
}

/// Ends one of the account's sessions.
pub async fn revoke(platform: &Platform, signed_in: &Authenticated, public_id: i64) -> Result<()> {
    let tx = platform.db.begin().await?;
    tx.execute(&END_ONE, &[&signed_in.account, &public_id]).await?;
    Ok(tx.commit().await?)
}

/// Ends the account's sessions but the present one.
pub async fn revoke_others(platform: &Platform, signed_in: &Authenticated) -> Result<()> {
    let tx = platform.db.begin().await?;
    tx.execute(&END_OTHERS, &[&signed_in.account, &signed_in.session]).await?;
    Ok(tx.commit().await?)
}

/// Ends every session of an account, in the caller's transaction.
pub(crate) async fn end_all(tx: &Tx, account: Id<Account>) -> Result<()> {
    tx.execute(&END_ALL, &[&account]).await?;
    Ok(())
}

/// Deletes the sessions that have ended; gives their number.
pub(crate) async fn purge(platform: &Platform) -> Result<u64> {
    let tx = platform.db.begin().await?;
    let purged = tx.execute(&PURGE, &[&platform.now()]).await?;
    tx.commit().await?;
    Ok(purged)
}
