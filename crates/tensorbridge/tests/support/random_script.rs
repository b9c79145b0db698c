//! Carries out one line of a script of random calls, such as
//! `randn float32 16 0 1`, and returns the bytes of what it produced.

use tensorbridge::ops::random::{
    Generator, NaturalRange, UniformInt, normal_f32, normal_f64, normal_reduced, permutation,
    uniform_f32, uniform_f64, uniform_reduced,
};

/// Runs one call on `generator`; panics on a line it does not understand.
pub(crate) fn run(line: &str, generator: &mut Generator) -> Vec<u8> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["seed", seed] => {
            generator.manual_seed(parse::<i128>(seed) as u64);
            generator.initial_seed().to_le_bytes().to_vec()
        }
        ["state"] => generator.get_state(),
        ["rand", dtype, n, from, to] => rand(generator, dtype, parse(n), parse(from), parse(to)),
        ["randn", dtype, n, mean, std] => {
            randn(generator, dtype, parse(n), parse(mean), parse(std))
        }
        ["randint", dtype, n, low, high] => {
            let (low, high) = (parse(low), parse(high));
            let range = match digits(dtype) {
                Some(digits) => UniformInt::for_float(low, high, digits),
                None => UniformInt::new(low, high),
            };
            let range = range.expect("a range that is not empty");
            integers(dtype, parse(n), || range.sample(generator))
        }
        ["random_from", dtype, n, low] => {
            let last = match digits(dtype) {
                Some(digits) => 1 << digits,
                None => ((1_u64 << value_bits(dtype)) - 1) as i64,
            };
            let range = UniformInt::inclusive(parse(low), last).expect("a range that is not empty");
            integers(dtype, parse(n), || range.sample(generator))
        }
        ["random", dtype, n] => {
            let range = match digits(dtype) {
                Some(digits) => NaturalRange::Float(digits),
                None => NaturalRange::Integer(value_bits(dtype)),
            };
            integers(dtype, parse(n), || range.sample(generator))
        }
        ["randperm", dtype, n] => randperm(generator, dtype, parse(n)),
        _ => panic!("not a call: {line}"),
    }
}

fn parse<T: std::str::FromStr>(word: &str) -> T {
    word.parse().unwrap_or_else(|_| panic!("not a number: {word}"))
}

fn rand(generator: &mut Generator, dtype: &str, n: usize, from: f64, to: f64) -> Vec<u8> {
    let (from32, to32) = (from as f32, to as f32);
    match dtype {
        "float32" => {
            let mut out = vec![0.0; n];
            uniform_f32(generator, &mut out, from32, to32);
            out.into_iter().flat_map(f32::to_le_bytes).collect()
        }
        "float64" => {
            let mut out = vec![0.0; n];
            uniform_f64(generator, &mut out, from, to);
            out.into_iter().flat_map(f64::to_le_bytes).collect()
        }
        _ => {
            let mut out = vec![0_u16; n];
            uniform_reduced(generator, &mut out, from32, to32, rounding(dtype));
            out.into_iter().flat_map(u16::to_le_bytes).collect()
        }
    }
}

fn randn(generator: &mut Generator, dtype: &str, n: usize, mean: f64, std: f64) -> Vec<u8> {
    match dtype {
        "float32" => {
            let mut out = vec![0.0; n];
            normal_f32(generator, &mut out, mean, std);
            out.into_iter().flat_map(f32::to_le_bytes).collect()
        }
        "float64" => {
            let mut out = vec![0.0; n];
            normal_f64(generator, &mut out, mean, std);
            out.into_iter().flat_map(f64::to_le_bytes).collect()
        }
        _ => {
            let mut out = vec![0_u16; n];
            normal_reduced(generator, &mut out, mean, std, rounding(dtype));
            out.into_iter().flat_map(u16::to_le_bytes).collect()
        }
    }
}

fn randperm(generator: &mut Generator, dtype: &str, n: usize) -> Vec<u8> {
    if dtype == "int32" {
        let mut out = vec![0; n];
        permutation(generator, &mut out, |index| index as i32);
        return out.into_iter().flat_map(i32::to_le_bytes).collect();
    }
    let mut out = vec![0; n];
    permutation(generator, &mut out, |index| index as i64);
    let mut values = out.into_iter();
    integers(dtype, n, || values.next().expect("as many values as places"))
}

/// Draws `n` integers and converts them to the bytes of `dtype`.
fn integers(dtype: &str, n: usize, mut draw: impl FnMut() -> i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..n {
        let value = draw();
        match dtype {
            "bool" => bytes.push(u8::from(value != 0)),
            "float16" | "bfloat16" => {
                bytes.extend(rounding(dtype)(value as f32).to_le_bytes());
            }
            "float32" => bytes.extend((value as f32).to_le_bytes()),
            "float64" => bytes.extend((value as f64).to_le_bytes()),
            _ => bytes.extend(&value.to_le_bytes()[..size(dtype)]),
        }
    }
    bytes
}

/// Bytes of each value that a call produces.
pub(crate) fn width(line: &str) -> usize {
    match line.split_whitespace().nth(1) {
        None | Some("bool") => 1,
        Some("float16" | "bfloat16") => 2,
        Some("float32") => 4,
        Some("float64") => 8,
        Some(dtype) => size(dtype),
    }
}

/// Bytes of an integer type.
fn size(dtype: &str) -> usize {
    match dtype {
        "uint8" | "int8" => 1,
        "uint16" | "int16" => 2,
        "uint32" | "int32" => 4,
        "uint64" | "int64" => 8,
        _ => panic!("not an integer type: {dtype}"),
    }
}

/// Value bits of an integer type.
fn value_bits(dtype: &str) -> u32 {
    if dtype == "bool" {
        return 1;
    }
    8 * size(dtype) as u32 - u32::from(dtype.starts_with('i'))
}

/// Significand bits of a floating-point type.
fn digits(dtype: &str) -> Option<u32> {
    match dtype {
        "bfloat16" => Some(8),
        "float16" => Some(11),
        "float32" => Some(24),
        "float64" => Some(53),
        _ => None,
    }
}

/// The rounding to a 16-bit format's bits.
fn rounding(dtype: &str) -> fn(f32) -> u16 {
    match dtype {
        "float16" => to_float16,
        "bfloat16" => to_bfloat16,
        _ => panic!("not a 16-bit format: {dtype}"),
    }
}

fn to_bfloat16(value: f32) -> u16 {
    let bits = value.to_bits();
    ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16) as u16
}

fn to_float16(value: f32) -> u16 {
    let bits = value.to_bits();
    let (sign, magnitude) = ((bits >> 16) as u16 & 0x8000, bits & 0x7fff_ffff);
    let rounded = if magnitude < 0x3880_0000 {
        // Subnormal: adding a half brings the last kept bit to the last place.
        (f32::from_bits(magnitude) + 0.5).to_bits() - 0.5_f32.to_bits()
    } else {
        let tie = 0x0fff + ((magnitude >> 13) & 1);
        ((magnitude + tie) >> 13).saturating_sub(112 << 10).min(0x7c00)
    };
    sign | rounded as u16
}
