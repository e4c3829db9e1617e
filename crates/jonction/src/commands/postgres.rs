//! PostgreSQL's own tools, for what they do better than we would.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::failure::{Failure, Result};

/// An address without its password, which goes by the environment: other users of the machine see arguments.
struct Address {
    url: String,
    password: Option<String>,
}

impl Address {
    fn of(url: &str) -> Self {
        let split = url.split_once("://").and_then(|(scheme, rest)| {
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            let (authority, tail) = rest.split_at(end);
            let (user, host) = authority.rsplit_once('@')?;
            let (user, password) = user.split_once(':')?;
            Some((format!("{scheme}://{user}@{host}{tail}"), password))
        });
        match split {
            Some((url, password)) => Self { url, password: Some(percent_decoded(password)) },
            None => Self { url: url.to_owned(), password: None },
        }
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.arg("--dbname").arg(&self.url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
        command
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, pair) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Copies a database into a file, while it is in use.
pub async fn dump(url: &str, to: &Path) -> Result<()> {
    let mut tool = Address::of(url).tool("pg_dump");
    tool.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]).arg(to);
    run(tool, "pg_dump").await
}

/// Puts a copy back, whole or not at all.
pub async fn restore(url: &str, from: &Path) -> Result<()> {
    let mut tool = Address::of(url).tool("pg_restore");
    tool.args(["--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner", "--no-privileges"])
        .arg(from);
    run(tool, "pg_restore").await
}

async fn run(mut tool: Command, name: &str) -> Result<()> {
    let done = tool.output().await.map_err(|problem| {
        Failure::system(format!("{name} ne se lance pas ({problem})"))
            .mend("installez les outils de PostgreSQL, dans la version du serveur (paquet postgresql-client)")
    })?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(Failure::database(format!("{name} a échoué\u{a0}: {}", said.trim()))
        .mend("vérifiez que ses outils sont de la version du serveur ou d’une plus récente"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_is_an_argument() {
        let address = Address::of("postgres://moi:m%40t%20%C3%A9@h%C3%B4te:5432/base?sslmode=disable");
        assert_eq!(address.url, "postgres://moi@h%C3%B4te:5432/base?sslmode=disable");
        assert_eq!(address.password.as_deref(), Some("m@t é"));
        let plain = Address::of("postgres:///base?host=/run/postgresql");
        assert_eq!((plain.url.as_str(), plain.password), ("postgres:///base?host=/run/postgresql", None));
        assert_eq!(percent_decoded("100%"), "100%");
    }
}
