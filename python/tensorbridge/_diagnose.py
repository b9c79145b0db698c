"""The diagnostic functions of the package; what they stand on is imported when one is called."""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` would be most of what importing this package costs
if TYPE_CHECKING:
    from typing import Any

    from .diagnostics.aliases import Aliases
    from .diagnostics.doctor.findings import Report
    from .diagnostics.exactness import Exactness
    from .diagnostics.floats import Stored
    from .diagnostics.messages import Message
    from .diagnostics.pictures.picture import Picture
    from .diagnostics.plans import Plan
    from .diagnostics.watching import Changes


def explain(
    obj: Any,
    /,
    *,
    dtype: Any = None,
    device: Any = None,
    copy: bool | None = None,
    writable: bool | None = None,
) -> Message | Plan:
    """What a message means, or what `asarray` would do with an object.

    A text, an exception or a warning is looked up in the catalogue of messages that people get
    from NumPy, PyTorch, DLPack, BLAS and OpenMP: what it means, whether it is harmful, what to
    do, how to check. A message that is not in it gets an honest "I do not know this message".

    Anything else is asked what `asarray(obj, dtype=…, device=…, copy=…, writable=…)` would do
    with it: share, copy or refuse, with the reasons, the remedies, the bytes, the expected time
    and whether values can change. Nothing is copied to find out, and iterators are not consumed.

    Both answers print well, and have attributes."""
    if isinstance(obj, (str, BaseException)):
        from .diagnostics import messages

        if isinstance(obj, str):
            return messages.explain_text(obj)
        return messages.explain_exception(obj)
    from .diagnostics.plans import explain_object

    return explain_object(obj, dtype=dtype, device=device, copy=copy, writable=writable)


def doctor(*modules: str) -> Report:
    """Examines the environment: what is wrong with it, if anything, and what to do.

    Python and every NumPy that it could import, NumPy's C interface and reloads of it, every BLAS
    and OpenMP in the process with who brought it, threads against cores, CUDA, the same matrix
    product through every library, and every dtype through every protocol. `modules` are imported
    first, by name, so that what they load is seen: `tb.doctor("torch", "sklearn")`.

    The report prints; each finding has a severity, the evidence, the consequence and the remedy.
    Works without NumPy, and with a broken one. `python -m tensorbridge doctor` is the same."""
    from .diagnostics.doctor.report import examine

    return examine(modules)


def draw(*objects: Any, **named: Any) -> Picture:
    """A picture of memory: the bytes as a strip, and over it every object that looks at them.

    `objects` are tensors, arrays, buffers, or whatever `asarray` shares; they are called by the
    names of the caller's variables, `named` ones by their keywords. Objects over the same bytes
    stand under one strip, so that what they share can be seen: which bytes, in which direction,
    how far apart. Long strips are shown by their ends. Nothing is copied.

    The picture prints as text; notebooks show it as SVG; `save(path)` writes that to a file.
    Raises what `asarray(obj, copy=False)` raises for an object whose memory cannot be shared."""
    import sys

    from .diagnostics.pictures import picture

    return picture.draw(objects, named, sys._getframe(1))


def aliases(obj: Any, /) -> Aliases:
    """The other live tensors that look at the bytes of `obj`, with the line that made each.

    `obj` is a tensor, an array, or anything else whose memory `asarray` shares. Listed are tensors
    with a byte in common, exactly, that were made while somebody kept track: inside `trace()` or
    `watch()`, or anywhere when Python was started with `TENSORBRIDGE_TRACK=1`. While nobody keeps
    track, making a tensor costs nothing more, and this raises `RuntimeError`, for it cannot know.

    The answer is a sequence of tensors that keeps none alive; it prints as a table, `made` tells
    the lines, and `unlisted` how many handles more there are on the same storage."""
    import sys

    from .diagnostics import aliases as listed

    return listed.aliases(obj, sys._getframe(1))


def watch(*objects: Any, **named: Any) -> Changes:
    """Tells whether the bytes of some objects change, where, and by whom.

    ```python
    with tb.watch(a, t) as changes:
        work(a)
    print(changes)
    ```

    `objects` are tensors, arrays, or anything else whose memory `asarray` shares; they are called
    by the names of the caller's variables, `named` ones by their keywords. At the end of the block,
    also when it ends by an exception, and whenever `changes.check()` is called inside, the bytes
    are compared with those at the beginning. `changes` has one `Change` for each object: how many
    elements, where (`where`, index ranges), the first and the last value, the operations of
    tensorbridge that wrote to these bytes, on any thread and through any tensor, with their lines
    (`writes`), and the elements that none of them reaches: something other than tensorbridge
    changed those (`others`; an element that both wrote counts as tensorbridge's). `bool(changes)` is
    whether anything changed.

    Costs a copy of the watched elements, and their comparison; inside, every operation of
    tensorbridge costs some microseconds more. Raises what `asarray(obj, copy=False)` raises,
    `DeviceError` for meta tensors."""
    import sys

    from .diagnostics import watching

    return watching.watch(objects, named, sys._getframe(1))


def exactness(obj: Any, dtype: Any) -> Exactness:
    """How casting `obj` to `dtype` would change its values, before it is done.

    Every value is looked at: how many stay exact, are rounded, overflow, underflow, lose their
    sign or are truncated; the first change; and the largest absolute, relative and ulp error of
    finite results, each with its index and what becomes of the value. `obj` is what `asarray`
    takes and is not changed. The result prints as a table, and is true when nothing is lost.

    Raises `TypeError` for what is no dtype, and whatever `asarray(obj)` raises."""
    from .diagnostics import exactness as measured

    return measured.exactness(obj, dtype)


def show_float(value: Any, dtype: Any = None) -> Stored:
    """The number that is really stored when `value` is written into a floating-point dtype.

    Its exact decimal, its bits, its neighbours, and how far it is from what was written: for
    everybody who asks why 0.1 is 0.100000001490116. `value` is a number, or a decimal as text,
    which is taken digit by digit; `dtype` one of float16, bfloat16, float32 and float64, the
    default dtype if it is left out.

    Raises `TypeError` for other dtypes, `OverflowError` for a value beyond the dtype's range,
    `ValueError` for text that is no finite decimal."""
    from .diagnostics import floats

    return floats.show_float(value, dtype)
