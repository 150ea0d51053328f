//! Tests of the preflight.
