//! What the tests of this crate ask of every sentence.

/// Fixed spaces before double punctuation and inside « », curved apostrophes.
#[track_caller]
pub(crate) fn assert_typography(text: &str) {
    for wrong in [" :", " ;", " !", " ?", " »", "« ", "'", "  "] {
        assert!(!text.contains(wrong), "{wrong:?} in {text:?}");
    }
    assert!(!text.is_empty());
}
