//! Every SQL text of the application is understood by both engines, on the schema that the migrations make.

use jonction_tests::on_each_engine;

// Texts register themselves where they are declared: linking the crates brings them in.
use {demo as _, exchange as _, facts as _, platform as _, support as _, territory as _, web as _};

#[tokio::test]
async fn every_text_is_prepared_on_both_engines() {
    on_each_engine(async |scratch| {
        let texts = db::all_texts();
        assert!(!texts.is_empty(), "no SQL text registered: are the crates linked?");
        let mut faults = Vec::new();
        for sql in texts {
            if let Err(error) = scratch.db.prepare(sql).await {
                faults.push(format!("{error}\n{}", sql.text(scratch.engine())));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    })
    .await;
}
