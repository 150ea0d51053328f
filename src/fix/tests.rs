//! Fixes of single policies.
