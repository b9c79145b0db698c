"""Discrete Fourier transforms: the Array API's `fft` extension, and NumPy's and PyTorch's names."""

from __future__ import annotations

from ._tensorbridge import _fft

__all__ = [
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
]

fft = _fft.fft
fft2 = _fft.fft2
fftfreq = _fft.fftfreq
fftn = _fft.fftn
fftshift = _fft.fftshift
hfft = _fft.hfft
ifft = _fft.ifft
ifft2 = _fft.ifft2
ifftn = _fft.ifftn
ifftshift = _fft.ifftshift
ihfft = _fft.ihfft
irfft = _fft.irfft
irfft2 = _fft.irfft2
irfftn = _fft.irfftn
rfft = _fft.rfft
rfft2 = _fft.rfft2
rfftfreq = _fft.rfftfreq
rfftn = _fft.rfftn
