//! Hands what libFuzzer makes up to the target of this name.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mytools::fuzz::pipeline(data));
