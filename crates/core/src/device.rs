//! Where a tensor's bytes live.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// The kind of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// Host memory.
    Cpu,
    /// Nowhere: a shape and a dtype without data.
    Meta,
    /// An NVIDIA GPU.
    Cuda,
}

/// A device: a kind and, where there can be several of a kind, a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Device {
    /// The kind of memory.
    pub kind: DeviceKind,
    /// Which one of its kind, from 0.
    pub index: u32,
}

impl Device {
    /// Host memory.
    pub const CPU: Self = Self { kind: DeviceKind::Cpu, index: 0 };
    /// Shape without data.
    pub const META: Self = Self { kind: DeviceKind::Meta, index: 0 };

    /// DLPack's `DLDeviceType` for this device, or `None` where DLPack has no word for it.
    #[must_use]
    pub fn dlpack_type(self) -> Option<i32> {
        match self.kind {
            DeviceKind::Cpu => Some(1),
            DeviceKind::Cuda => Some(2),
            DeviceKind::Meta => None,
        }
    }

    /// The kind's name: `cpu`, `meta` or `cuda`.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self.kind {
            DeviceKind::Cpu => "cpu",
            DeviceKind::Meta => "meta",
            DeviceKind::Cuda => "cuda",
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            DeviceKind::Cuda => write!(formatter, "cuda:{}", self.index),
            _ => formatter.write_str(self.type_name()),
        }
    }
}

impl FromStr for Device {
    type Err = Error;

    /// Parses `cpu`, `meta`, `cuda` or `cuda:N`.
    fn from_str(text: &str) -> Result<Self> {
        let unknown = || {
            Error::runtime(format!(
                "Expected one of cpu, cuda, meta device type at start of device string: {text}"
            ))
        };
        let (kind, index) = match text.split_once(':') {
            Some((kind, index)) => (
                kind,
                index.parse().map_err(|_| {
                    Error::runtime(format!("Invalid device string: '{text}'"))
                        .hint("write the device as `cpu`, `meta`, `cuda` or `cuda:N`")
                })?,
            ),
            None => (text, 0),
        };
        let kind = match kind {
            "cpu" => DeviceKind::Cpu,
            "meta" => DeviceKind::Meta,
            "cuda" => DeviceKind::Cuda,
            _ => return Err(unknown()),
        };
        match kind {
            DeviceKind::Cuda => Ok(Self { kind, index }),
            _ if index == 0 => Ok(Self { kind, index }),
            _ => Err(Error::runtime(format!(
                "Invalid device string: '{text}': there is one device of its kind, number 0"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_what_it_displays() {
        for text in ["cpu", "meta", "cuda:0", "cuda:3"] {
            assert_eq!(text.parse::<Device>().unwrap().to_string(), text);
        }
        assert_eq!("cuda".parse::<Device>().unwrap().to_string(), "cuda:0");
        for text in ["", "gpu", "cpu:1", "cuda:x", "cuda:-1"] {
            assert!(text.parse::<Device>().is_err(), "{text}");
        }
    }
}
