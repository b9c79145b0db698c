//! Compares the streams with what PyTorch was recorded to draw.
//!
//! The recordings hold one call per line; its text and its checksum are picked
//! out without a JSON parser.

#[path = "support/random_script.rs"]
mod script;

use tensorbridge::ops::random::Generator;

#[test]
fn equal_to_the_recordings() {
    let mut generator = Generator::default();
    let mut checked = 0;
    for line in include_str!("../../../tests/data/recorded_random.json").lines() {
        let Some(call) = field(line, "call") else { continue };
        let bytes = script::run(call, &mut generator);
        if let Some(expected) = field(line, "checksum") {
            let found = checksum(&bytes, script::width(call));
            assert_eq!(format!("{found:#018x}"), expected, "{call}");
            checked += 1;
        }
    }
    assert!(checked > 80, "only {checked} calls were recorded");
}

/// The string that a JSON line has under a name.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split_once(&format!("\"{name}\": \""))?.1.split('"').next()
}

/// Sums the bit patterns, each times its place.
fn checksum(bytes: &[u8], width: usize) -> u64 {
    let patterns = bytes.chunks(width).map(|bytes| {
        let mut pattern = [0; 8];
        pattern[..width].copy_from_slice(bytes);
        u64::from_le_bytes(pattern)
    });
    (1..).zip(patterns).fold(0, |sum: u64, (place, pattern): (u64, u64)| {
        sum.wrapping_add(place.wrapping_mul(pattern))
    })
}
