"""A walk over the bridge with real data: every crossing says what it did, why, and what it cost.

Run it with `make tour`. The data is scikit-learn's bundled photograph and handwritten digits.
"""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from sklearn.datasets import load_digits, load_sample_image

import tensorbridge as torch  # the names are PyTorch's, and so are the semantics


def title(text: str) -> None:
    """Prints a heading."""
    print(f"\n{text}\n{'─' * len(text)}")


def say(text: str) -> None:
    """Prints what was seen."""
    print(f"    {text}")


@contextmanager
def crossing(what: str) -> Iterator[None]:
    """Prints what the bridge did inside the block: shared or copied, why, bytes and time."""
    with torch.trace() as events:
        yield
    print(f"  {what}")
    for event in events:
        why = f" — {event.why}" if event.why else ""
        cost = f"{event.bytes:>9,} bytes {event.seconds * 1e6:8.1f} µs"
        print(f"    {event.action:<7} {event.operation:<12} {cost}{why}")


def the_photograph() -> None:
    """Views of an image: flipped, cropped, transposed; nothing is copied until we say so."""
    title("1. A photograph crosses")
    photo = load_sample_image("china.jpg")
    say(f"NumPy holds {photo.shape} {photo.dtype}, writeable={photo.flags.writeable}")

    with crossing("torch.from_numpy(photo)"):
        image = torch.from_numpy(photo)
    say(f"tensor: {tuple(image.shape)} {image.dtype}, read-only={image.is_readonly}")

    with crossing("mirrored = from_numpy(photo[:, ::-1])   # negative strides: PyTorch refuses"):
        mirrored = torch.from_numpy(photo[:, ::-1])
    say(f"strides in bytes {mirrored.strides}, first pixel {mirrored[0, 0].tolist()}")

    with crossing("image[40:340:2, 100:500:2].permute(2, 0, 1).flip(1).numpy()"):
        window = image[40:340:2, 100:500:2].permute(2, 0, 1).flip(1).numpy()
    say(f"array {window.shape}, strides {window.strides}: four views, no byte moved")
    assert np.shares_memory(window, photo)

    with crossing(
        "pixels = torch.tensor(photo, dtype=torch.float32)   # a copy, because asked for"
    ):
        pixels = torch.tensor(photo, dtype=torch.float32)
    before = pixels.data_ptr()
    pixels /= 255.0
    pixels -= pixels.mean(dim=(0, 1))
    say(f"normalised in place: same address {pixels.data_ptr() == before}")
    with crossing("seen = pixels.numpy()"):
        seen = pixels.numpy()
    say(f"NumPy sees channel means {np.abs(seen.mean(axis=(0, 1), dtype=np.float64)).round(6)}")


def the_digits() -> None:
    """One buffer, two libraries: each sees what the other writes."""
    title("2. Digits, normalised in place and seen from both sides")
    digits = load_digits().data
    with crossing("t = torch.from_numpy(digits)"):
        t = torch.from_numpy(digits)
    largest = digits.max()
    t /= 16.0
    say(f"after `t /= 16`, NumPy's own maximum went from {largest} to {digits.max()}")
    digits[0, :] = 7.0
    say(f"after `digits[0, :] = 7`, the tensor's first row sums to {t[0].sum().item()}")
    with crossing("columns = from_numpy(np.asfortranarray(digits).T[::-1])"):
        columns = torch.from_numpy(np.asfortranarray(digits).T[::-1])
    say(f"Fortran order, transposed, reversed: strides {columns.strides}")

    record = np.zeros(3, dtype=[("id", "i4"), ("weight", "f8")])
    with crossing("weights = from_numpy(record['weight'])   # 12 bytes apart, misaligned"):
        weights = torch.from_numpy(record["weight"])
    weights += 2.5
    say(f"written through the tensor: {record['weight']}")

    with crossing("rows = torch.asarray([row for row in digits[:100]])   # moved row by row"):
        rows = torch.asarray(list(digits[:100]))
    say(f"{tuple(rows.shape)}: NumPy arrays in a list cost one memcpy each")


def refusals() -> None:
    """What cannot be shared is refused, with the reason and the remedy."""
    title("3. What is refused, and what to do about it")
    frozen = torch.from_numpy(np.frombuffer(b"immutable!", dtype=np.uint8))
    attempts = [
        ("from_numpy(big-endian)", lambda: torch.from_numpy(np.arange(3, dtype=">f4"))),
        ("from_numpy(objects)", lambda: torch.from_numpy(np.array([[1, 2], None], dtype=object))),
        (
            "asarray(f64, dtype=f32, copy=False)",
            lambda: torch.asarray(np.ones(2), dtype=torch.float32, copy=False),
        ),
        ("write to read-only memory", lambda: frozen.fill_(0)),
        ("int64 tensor += 0.5", lambda: torch.ones(2, dtype=torch.int64).add_(0.5)),
        ("meta.numpy()", lambda: torch.empty(2, device="meta").numpy()),
    ]
    for what, attempt in attempts:
        try:
            attempt()
        except Exception as error:
            print(f"  {what}")
            say(f"{type(error).__name__}: {error}")
        else:
            raise AssertionError(f"{what} was not refused")


def reloading_numpy() -> None:
    """Why reloading NumPy warns: NumPy says so itself, and no BLAS is involved."""
    title("4. Reloading NumPy")
    x = torch.randn(1000, 1000)
    x.numpy()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        importlib.reload(np)
    z = np.random.rand(500, 500)
    with crossing("w = torch.from_numpy(z)   # after importlib.reload(numpy)"):
        w = torch.from_numpy(z)
    say(f"tensor shape {tuple(w.shape)}: the bridge does not notice")
    message = str(caught[0].message).splitlines()[0] if caught else "(none)"
    say(f"the warning, NumPy's own: {message!r}")
    say("true: it comes with every second execution of NumPy's module, whatever else is loaded")
    say("false: that BLAS or LAPACK versions clash; none is looked at, and none is reloaded")
    x, y = torch.rand(1000, 1000), torch.rand(500, 500)
    try:
        torch.matmul(x, y)
    except RuntimeError as error:
        say(f"and 1000×1000 @ 500×500 does not multiply in any library: {error}")
    say(f"1000×1000 @ 1000×1000 does: {tuple(torch.matmul(x, x).shape)}")


def sharing_and_copying() -> None:
    """Which conversions copy: none of `from_numpy` and `.numpy()`, always `tensor`."""
    title("5. Does from_numpy copy?")
    a = np.array([1.1, 2.2, 3.3])
    with crossing("t = torch.from_numpy(a); t[0] = 10.0"):
        t = torch.from_numpy(a)
        t[0] = 10.0
    say(f"the array changed too: {a}   (it never copies, for any dtype)")
    with crossing("torch.tensor(a.copy(), dtype=torch.float32)"):
        t = torch.tensor(a.copy(), dtype=torch.float32)
    say("independent; the .copy() was one copy too many, tensor() makes its own")
    with crossing("torch.from_numpy(a).clone()"):
        t = torch.from_numpy(a).clone()
    t[0] = 1000.0
    say(f"independent because of clone(): the array still holds {a[0]}")
    with crossing("torch.tensor([1, 2, 3]).numpy()"):
        back = torch.tensor([1, 2, 3]).numpy()
    say(f"{back.dtype} array; it keeps the tensor's memory alive by itself")
    with crossing("torch.tensor([1, 2, 3]).cpu().numpy()"):
        torch.tensor([1, 2, 3]).cpu().numpy()
    say("on the CPU, .cpu() is the tensor itself")
    say(f"torch.cuda.is_available() is {torch.cuda.is_available()}")
    try:
        torch.tensor([1, 2, 3]).cuda()
    except RuntimeError as error:
        say(f".cuda() says: {error}")


def constant_time() -> None:
    """A crossing costs the same for a kilobyte and for a gigabyte."""
    title("6. Constant time")
    for count in (256, 1 << 28):
        array = np.zeros(count, dtype=np.float32)
        torch.from_numpy(array)
        best = min(timed(lambda array=array: torch.from_numpy(array)) for _ in range(2000))
        say(f"from_numpy of {array.nbytes:>13,} bytes: {best * 1e9:6.0f} ns")


def timed(work) -> float:
    """Seconds that `work()` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(f"tensorbridge {torch.__version__}, NumPy {np.__version__}")
    the_photograph()
    the_digits()
    refusals()
    reloading_numpy()
    sharing_and_copying()
    constant_time()
