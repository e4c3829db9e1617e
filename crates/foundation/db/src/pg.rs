use std::collections::HashMap;
use std::pin::pin;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures_util::{StreamExt, TryStreamExt};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::config::SslMode;
use tokio_postgres::types::Type;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::value::PgParam;
use crate::{Engine, Error, FromRow, Param, Record, Result, Row, Sql};

/// PostgreSQL behind a pool of connections.
pub(crate) struct Pg {
    pool: Pool,
    column_types: Arc<Mutex<HashMap<&'static str, Vec<Type>>>>,
}

impl Pg {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let mut config = Config::from_str(url)?;
        // Short queries: the just-in-time compiler costs more than it saves. Filters of lists are optional: a plan made
        // once for any of them reads many times more than one made for those in use.
        const OURS: &str = "-c jit=off -c plan_cache_mode=force_custom_plan";
        let options = config.get_options().map_or_else(|| OURS.to_owned(), |own| format!("{own} {OURS}"));
        config.options(&options);
        config.application_name("jonction");
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if config.get_ssl_mode() == SslMode::Disable {
            Manager::from_config(config, NoTls, manager_config)
        } else {
            Manager::from_config(config, MakeRustlsConnect::new(tls()?), manager_config)
        };
        let size = std::thread::available_parallelism().map_or(8, |cores| usize::from(cores) * 4);
        let pool = Pool::builder(manager).max_size(size).build().map_err(|error| Error::Pool(error.to_string()))?;
        let pg = Self { pool, column_types: Arc::default() };
        drop(pg.client().await?);
        Ok(pg)
    }

    async fn client(&self) -> Result<Object> {
        self.pool.get().await.map_err(|error| Error::Pool(error.to_string()))
    }

    pub(crate) async fn all<T: FromRow>(&self, sql: &Sql, params: &[&dyn Param]) -> Result<Vec<T>> {
        let client = self.client().await?;
        query(&client, sql, params).await
    }

    pub(crate) async fn each(
        &self,
        sql: &Sql,
        params: &[&dyn Param],
        mut visit: impl FnMut(Row<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        let client = self.client().await?;
        let statement = client.prepare_cached(sql.text(Engine::Postgres)).await?;
        let marked: Vec<PgParam<'_>> = params.iter().map(|param| PgParam(*param)).collect();
        let mut rows = pin!(client.query_raw(&statement, marked).await?);
        while let Some(row) = rows.try_next().await? {
            visit(Row::Pg(&row))?;
        }
        Ok(())
    }

    pub(crate) async fn prepare(&self, sql: &Sql) -> Result<()> {
        self.client().await?.prepare(sql.text(Engine::Postgres)).await?;
        Ok(())
    }

    pub(crate) async fn batch(&self, text: &str) -> Result<()> {
        Ok(self.client().await?.batch_execute(text).await?)
    }

    pub(crate) async fn begin(&self) -> Result<PgTx> {
        let client = self.client().await?;
        client.batch_execute("BEGIN").await?;
        Ok(PgTx { client: Some(client), column_types: Arc::clone(&self.column_types) })
    }
}

fn tls() -> Result<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in rustls_native_certs::load_native_certs().certs {
        // A certificate this library cannot read is one the server cannot be trusted by; the others stand.
        let _ = roots.add(certificate);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Pool(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

async fn query<T: FromRow>(client: &Object, sql: &Sql, params: &[&dyn Param]) -> Result<Vec<T>> {
    let statement = client.prepare_cached(sql.text(Engine::Postgres)).await?;
    let marked: Vec<PgParam<'_>> = params.iter().map(|param| PgParam(*param)).collect();
    let rows: Vec<tokio_postgres::Row> = client.query_raw(&statement, marked).await?.try_collect().await?;
    rows.iter().map(|row| T::from_row(&Row::Pg(row))).collect()
}

pub(crate) struct PgTx {
    /// Present until commit; a transaction dropped before takes its connection out of the pool,
    /// and the server rolls back when it closes.
    client: Option<Object>,
    column_types: Arc<Mutex<HashMap<&'static str, Vec<Type>>>>,
}

impl PgTx {
    fn client(&self) -> &Object {
        self.client.as_ref().expect("the connection stays until commit or drop")
    }

    pub(crate) async fn all<T: FromRow>(&self, sql: &Sql, params: &[&dyn Param]) -> Result<Vec<T>> {
        query(self.client(), sql, params).await
    }

    pub(crate) async fn execute(&self, sql: &Sql, params: &[&dyn Param]) -> Result<u64> {
        let statement = self.client().prepare_cached(sql.text(Engine::Postgres)).await?;
        let marked: Vec<PgParam<'_>> = params.iter().map(|param| PgParam(*param)).collect();
        Ok(self.client().execute_raw(&statement, marked).await?)
    }

    pub(crate) async fn execute_many(&self, sql: &Sql, sets: &[Vec<&dyn Param>]) -> Result<u64> {
        let client = self.client();
        let statement = client.prepare_cached(sql.text(Engine::Postgres)).await?;
        // Boxed: the compiler cannot see that futures over borrowed parameters are all alike.
        let runs: Vec<_> = sets
            .iter()
            .map(|params| {
                let marked: Vec<PgParam<'_>> = params.iter().map(|param| PgParam(*param)).collect();
                client.execute_raw(&statement, marked)
            })
            .collect();
        let counts: Vec<u64> = futures_util::stream::iter(runs).buffered(256).try_collect().await?;
        Ok(counts.into_iter().sum())
    }

    pub(crate) async fn fill<R: Record + Sync>(&self, records: &[R]) -> Result<()> {
        let table = R::table();
        let columns = table.columns.join(", ");
        let types = self.column_types(table.name, &columns).await?;
        let sink =
            self.client().copy_in(&format!("COPY {} ({columns}) FROM STDIN (FORMAT binary)", table.name)).await?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
        for record in records {
            let values: Vec<PgParam<'_>> = record.values().into_iter().map(PgParam).collect();
            writer.as_mut().write_raw(values).await?;
        }
        writer.finish().await?;
        Ok(())
    }

    async fn column_types(&self, table: &'static str, columns: &str) -> Result<Vec<Type>> {
        let known = self.column_types.lock().unwrap_or_else(PoisonError::into_inner).get(table).cloned();
        if let Some(types) = known {
            return Ok(types);
        }
        let statement = self.client().prepare(&format!("SELECT {columns} FROM {table}")).await?;
        let types: Vec<Type> = statement.columns().iter().map(|column| column.type_().clone()).collect();
        self.column_types.lock().unwrap_or_else(PoisonError::into_inner).insert(table, types.clone());
        Ok(types)
    }

    pub(crate) async fn commit(mut self) -> Result<()> {
        self.client().batch_execute("COMMIT").await?;
        self.client.take();
        Ok(())
    }
}

impl Drop for PgTx {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}
