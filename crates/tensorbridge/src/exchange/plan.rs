//! The law: share, copy or refuse. SEMANTICS.md prints this function as a table.

use smallvec::smallvec;
use tensorbridge_core::{Access, DType, DeviceKind};

use super::{ByteOrder, CopyMode, Facts, Form, Permission, Reason, Reasons, Request, SourceDType};

/// What will be done with a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The tensor will be the source's memory, with this permission.
    Share {
        /// What the tensor may do with the memory.
        access: Access,
    },
    /// The tensor will be fresh memory.
    Copy {
        /// Why; never empty, most fundamental first.
        reasons: Reasons,
        /// What the tensor may do with its memory.
        access: Access,
    },
    /// Nothing will be made.
    Refuse {
        /// Why.
        reason: Reason,
    },
}

/// Decides from facts and wishes alone: no memory is touched, nothing is allocated but reasons.
#[must_use]
#[inline(always)]
pub fn plan(facts: &Facts, request: &Request) -> Plan {
    let dtype = match facts.dtype {
        SourceDType::Known(dtype) => dtype,
        SourceDType::Unsupported(what) => {
            return Plan::Refuse { reason: Reason::Unsupported(what) };
        }
    };
    let device = request.device.unwrap_or(facts.device);
    let host = device.kind == DeviceKind::Cpu;
    let write = match (request.writable, facts.permission) {
        (Some(wish), _) => wish,
        (None, permission) => permission == Permission::Writable,
    };

    let needs = || needed_copies(facts, request, dtype);
    match (needs().next(), request.copy) {
        (None, CopyMode::IfNeeded | CopyMode::Never) => {
            Plan::Share { access: Access { write, host } }
        }
        (Some(reason), CopyMode::Never) => Plan::Refuse { reason },
        (_, CopyMode::IfNeeded) => {
            Plan::Copy { reasons: needs().collect(), access: copied(request, host) }
        }
        (_, CopyMode::Always) => {
            let mut reasons: Reasons = smallvec![Reason::Requested];
            reasons.extend(needs());
            Plan::Copy { reasons, access: copied(request, host) }
        }
    }
}

/// A copy is ours to write, unless the caller wished otherwise.
fn copied(request: &Request, host: bool) -> Access {
    Access { write: request.writable != Some(false), host }
}

/// Every reason for which the memory cannot be shared as it is.
#[inline(always)]
fn needed_copies(
    facts: &Facts,
    request: &Request,
    dtype: DType,
) -> impl Iterator<Item = Reason> + use<> {
    let values = (facts.form == Form::Values).then_some(Reason::Sequence);
    let order = (facts.byte_order == ByteOrder::Swapped).then_some(Reason::ByteOrder);
    let cast = request.dtype.filter(|&to| to != dtype).map(|to| Reason::Cast { from: dtype, to });
    let from = facts.device;
    let transfer = request.device.filter(|&to| to != from).map(|to| Reason::Transfer { from, to });
    let frozen = facts.permission == Permission::ReadOnly;
    let write = (request.writable == Some(true) && frozen).then_some(Reason::ReadOnly);
    values.into_iter().chain(order).chain(cast).chain(transfer).chain(write)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::Device;

    use super::super::Unsupported;
    use super::*;

    const NATIVE: Facts = Facts {
        dtype: SourceDType::Known(DType::Float32),
        byte_order: ByteOrder::Native,
        permission: Permission::Writable,
        device: Device::CPU,
        form: Form::Memory,
    };

    fn ask(copy: CopyMode) -> Request {
        Request { copy, ..Request::default() }
    }

    /// The three columns of the law: `copy=None`, `copy=False`, `copy=True`.
    fn columns(facts: &Facts, request: &Request) -> [Plan; 3] {
        [CopyMode::IfNeeded, CopyMode::Never, CopyMode::Always]
            .map(|copy| plan(facts, &Request { copy, ..*request }))
    }

    fn share(access: Access) -> Plan {
        Plan::Share { access }
    }

    fn copy(reasons: &[Reason]) -> Plan {
        Plan::Copy { reasons: Reasons::from_slice(reasons), access: Access::READ_WRITE }
    }

    #[test]
    fn native_memory_is_shared() {
        assert_eq!(
            columns(&NATIVE, &ask(CopyMode::IfNeeded)),
            [share(Access::READ_WRITE), share(Access::READ_WRITE), copy(&[Reason::Requested]),]
        );
    }

    #[test]
    fn read_only_memory_is_shared_read_only() {
        let facts = Facts { permission: Permission::ReadOnly, ..NATIVE };
        assert_eq!(
            columns(&facts, &Request::default()),
            [share(Access::READ_ONLY), share(Access::READ_ONLY), copy(&[Reason::Requested])]
        );
        let writable = Request { writable: Some(true), ..Request::default() };
        assert_eq!(
            columns(&facts, &writable),
            [
                copy(&[Reason::ReadOnly]),
                Plan::Refuse { reason: Reason::ReadOnly },
                copy(&[Reason::Requested, Reason::ReadOnly]),
            ]
        );
    }

    #[test]
    fn unknown_permission_is_read_only_unless_the_caller_vouches() {
        let facts = Facts { permission: Permission::Unknown, ..NATIVE };
        assert_eq!(plan(&facts, &Request::SHARE), share(Access::READ_ONLY));
        let vouched = Request { writable: Some(true), ..Request::SHARE };
        assert_eq!(plan(&facts, &vouched), share(Access::READ_WRITE));
    }

    #[test]
    fn writable_false_is_never_writable() {
        let frozen = Request { writable: Some(false), ..Request::default() };
        for permission in [Permission::Writable, Permission::ReadOnly, Permission::Unknown] {
            let facts = Facts { permission, ..NATIVE };
            let [none, never, always] = columns(&facts, &frozen);
            assert_eq!(none, share(Access::READ_ONLY));
            assert_eq!(never, share(Access::READ_ONLY));
            assert_eq!(
                always,
                Plan::Copy { reasons: smallvec![Reason::Requested], access: Access::READ_ONLY }
            );
        }
    }

    #[test]
    fn other_byte_order_is_copied_or_refused() {
        let facts = Facts { byte_order: ByteOrder::Swapped, ..NATIVE };
        assert_eq!(
            columns(&facts, &Request::default()),
            [
                copy(&[Reason::ByteOrder]),
                Plan::Refuse { reason: Reason::ByteOrder },
                copy(&[Reason::Requested, Reason::ByteOrder]),
            ]
        );
    }

    #[test]
    fn a_cast_is_copied_or_refused() {
        let cast = Reason::Cast { from: DType::Float32, to: DType::Float64 };
        let request = Request { dtype: Some(DType::Float64), ..Request::default() };
        assert_eq!(
            columns(&NATIVE, &request),
            [copy(&[cast]), Plan::Refuse { reason: cast }, copy(&[Reason::Requested, cast])]
        );
        let same = Request { dtype: Some(DType::Float32), ..Request::SHARE };
        assert_eq!(plan(&NATIVE, &same), share(Access::READ_WRITE));
    }

    #[test]
    fn a_transfer_is_copied_or_refused() {
        let transfer = Reason::Transfer { from: Device::CPU, to: Device::META };
        let request = Request { device: Some(Device::META), ..Request::default() };
        let nowhere = Access { write: true, host: false };
        assert_eq!(
            columns(&NATIVE, &request),
            [
                Plan::Copy { reasons: smallvec![transfer], access: nowhere },
                Plan::Refuse { reason: transfer },
                Plan::Copy { reasons: smallvec![Reason::Requested, transfer], access: nowhere },
            ]
        );
        let same = Request { device: Some(Device::CPU), ..Request::SHARE };
        assert_eq!(plan(&NATIVE, &same), share(Access::READ_WRITE));
    }

    #[test]
    fn sequences_are_copied_or_refused() {
        let facts = Facts { form: Form::Values, ..NATIVE };
        assert_eq!(
            columns(&facts, &Request::default()),
            [
                copy(&[Reason::Sequence]),
                Plan::Refuse { reason: Reason::Sequence },
                copy(&[Reason::Requested, Reason::Sequence]),
            ]
        );
    }

    #[test]
    fn what_no_tensor_holds_is_refused_however_asked() {
        for what in [
            Unsupported::Object,
            Unsupported::Text,
            Unsupported::Time,
            Unsupported::LongDouble,
            Unsupported::Structured,
            Unsupported::Masked,
            Unsupported::Other,
        ] {
            let facts = Facts { dtype: SourceDType::Unsupported(what), ..NATIVE };
            let refuse = Plan::Refuse { reason: Reason::Unsupported(what) };
            assert_eq!(
                columns(&facts, &Request::default()),
                [refuse.clone(), refuse.clone(), refuse]
            );
            let error = Reason::Unsupported(what).refusal();
            assert_eq!(error.kind(), tensorbridge_core::ErrorKind::Type);
            assert!(error.remedy().is_some_and(|remedy| !remedy.is_empty()));
        }
    }

    /// Over the whole product of facts and requests: a share never gives more than was
    /// allowed, a forbidden copy is never made, an ordered one always.
    #[test]
    fn invariants_over_every_combination() {
        for permission in [Permission::Writable, Permission::ReadOnly, Permission::Unknown] {
            for byte_order in [ByteOrder::Native, ByteOrder::Swapped] {
                for form in [Form::Memory, Form::Values] {
                    for dtype in [None, Some(DType::Float32), Some(DType::Int8)] {
                        for writable in [None, Some(false), Some(true)] {
                            let facts = Facts { permission, byte_order, form, ..NATIVE };
                            let request = Request { dtype, writable, ..Request::default() };
                            check(&facts, &request);
                        }
                    }
                }
            }
        }
    }

    fn check(facts: &Facts, request: &Request) {
        let [none, never, always] = columns(facts, request);
        assert!(matches!(always, Plan::Copy { .. }), "{facts:?} {request:?}");
        assert!(!matches!(never, Plan::Copy { .. }), "{facts:?} {request:?}");
        match (&none, &never) {
            (Plan::Share { access }, Plan::Share { access: same }) => {
                assert_eq!(access, same);
                assert!(!(access.write && facts.permission == Permission::ReadOnly));
                assert!(!(access.write && request.writable == Some(false)));
                assert!(access.write || request.writable != Some(true));
            }
            (Plan::Copy { reasons, .. }, Plan::Refuse { reason }) => {
                assert_eq!(reasons[0], *reason);
            }
            other => panic!("{facts:?} {request:?} {other:?}"),
        }
    }
}
