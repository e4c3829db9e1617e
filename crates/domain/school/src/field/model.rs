use platform::Structure;

facts::kind! {
    /// How many of the people a structure accompanies belong to a public, as the field told it on a day. Never below the
    /// threshold of statistical secrecy.
    pub struct PublicShare in "public_share" about structure: Structure, slot (public) {
        /// Code in `law::publics`.
        pub public: String,
        pub people: i64,
        /// All people the structure accompanied that day.
        pub total: i64,
    }
}
