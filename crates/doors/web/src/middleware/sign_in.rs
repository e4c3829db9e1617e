use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ring::digest;

/// Slows down the guessing of passwords, by address and by account.
///
/// An account takes ten attempts, then one a minute; an address takes sixty (a whole agency may
/// stand behind one), then one a second. Kept in memory: a restart forgets, each node counts alone.
pub struct SignInLimits {
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    by_account: DefaultKeyedRateLimiter<[u8; 32]>,
}

/// Too many attempts; the same answer whether the account exists or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("trop d’essais de connexion, réessayez dans {}", crate::fr::duration(.wait.as_secs() + 1))]
pub struct TooManyAttempts {
    pub wait: Duration,
}

const PER_ACCOUNT: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(60).expect("sixty is not zero");

impl SignInLimits {
    pub fn new() -> Self {
        let account = Quota::per_minute(NonZeroU32::MIN).allow_burst(PER_ACCOUNT);
        let address = Quota::per_second(NonZeroU32::MIN).allow_burst(PER_ADDRESS);
        Self { by_address: RateLimiter::keyed(address), by_account: RateLimiter::keyed(account) }
    }

    /// Counts an attempt. `account` is what was typed; only its digest is kept.
    ///
    /// # Errors
    /// When the address or the account has used up its attempts.
    pub fn attempt(&self, address: IpAddr, account: &str) -> Result<(), TooManyAttempts> {
        let account = account_key(account);
        let refused = |wait| TooManyAttempts { wait };
        self.by_address
            .check_key(&network(address))
            .map_err(|until| refused(until.wait_time_from(self.by_address.clock().now())))?;
        self.by_account
            .check_key(&account)
            .map_err(|until| refused(until.wait_time_from(self.by_account.clock().now())))
    }

    /// Frees the memory of those who are not limited any more; to be called now and then.
    pub fn forget_the_idle(&self) {
        self.by_address.retain_recent();
        self.by_account.retain_recent();
    }
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self::new()
    }
}

fn account_key(account: &str) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, account.trim().to_lowercase().as_bytes());
    digest.as_ref().try_into().expect("SHA-256 gives 32 bytes")
}

/// An IPv6 subscriber has a whole /64: it counts as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_runs_out_whatever_the_address() {
        let limits = SignInLimits::new();
        for last in 0..10 {
            assert_eq!(limits.attempt(IpAddr::from([10, 0, 0, last]), "awa@exemple.fr"), Ok(()));
        }
        let refusal = limits.attempt(IpAddr::from([10, 0, 1, 1]), " AWA@exemple.fr").unwrap_err();
        assert!(refusal.wait > Duration::from_secs(30), "{refusal}");
        assert!(refusal.to_string().starts_with("trop d’essais de connexion"));
        assert_eq!(limits.attempt(IpAddr::from([10, 0, 1, 1]), "karim@exemple.fr"), Ok(()));
        limits.forget_the_idle();
    }

    #[test]
    fn an_address_runs_out_whatever_the_account() {
        let limits = SignInLimits::new();
        for number in 0..60_u16 {
            let address = IpAddr::from([0x2001, 0xdb8, 0, 7, number, 0, 0, 1]);
            assert_eq!(limits.attempt(address, &format!("compte{number}")), Ok(()));
        }
        assert!(limits.attempt("2001:db8:0:7::1".parse().unwrap(), "autre").is_err());
        assert!(limits.attempt("2001:db8:0:8::1".parse().unwrap(), "autre").is_ok());
    }
}
