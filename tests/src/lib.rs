//! Helpers of the integration tests (`tests/integration`).
