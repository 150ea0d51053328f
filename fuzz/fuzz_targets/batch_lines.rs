#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kmslint_fuzz::batch_lines(data));
