"""A call of every function that NumPy dispatches, and how its result is compared."""

from __future__ import annotations

import io

import numpy as np

import tensorbridge as tb

#: The samples. `w` is written to; `up` is sorted; `sq` is symmetric and positive.
SAMPLES = {
    "x": np.array([[3, 1, 2, 5], [4, 1, 7, 2], [0.5, 2, 2, 9]], np.float32),
    "y": np.array([[1, 2, 0, 1], [2, 1, 1, 3], [4, 0.25, 2, 1]], np.float32),
    "w": np.arange(12, dtype=np.float32).reshape(3, 4),
    "v": np.array([3, 1, 2, 5], np.float32),
    "u": np.array([0.5, 4, 2, 1], np.float32),
    "p": np.array([1, 2, 0.5], np.float32),
    "q": np.array([2, -1, 3], np.float32),
    "up": np.array([1, 2, 3, 5], np.float32),
    "sq": np.array([[4, 1, 0], [1, 3, 1], [0, 1, 5]], np.float32),
    "cube": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "eye4": np.eye(4, dtype=np.float32).reshape(2, 2, 2, 2) * 3,
    "c": np.array([1 + 2j, 3 - 1j, 0.5j], np.complex64),
    "m": np.array([[True, False, True, True], [False, False, True, False], [True] * 4]),
    "k": np.array([True, False, True, False]),
    "i": np.array([2, 0, 1, 3], np.int64),
    "j": np.array([[2, 0, 1, 3], [0, 0, 1, 1], [3, 3, 0, 2]], np.int64),
    "b": np.array([[1, 0, 255, 7]], np.uint8),
    "one": np.array([[[1.5], [2.5]]], np.float32),
    "s": np.array(2.0, np.float32),
    "two": np.array([[1, 2], [3, 4]], np.float32),
    "pairs": np.array([[1, 2], [3, 1], [2, 5]], np.float32),
    "nan": np.array([1, np.nan, 3, 2], np.float32),
}

#: function | path | a call of it. `tb.name` is the path of what runs in tensorbridge as soon as it
#: has that name, `numpy` of what NumPy computes. Notes behind `#`: `dtype` where the law of
#: promotion gives another dtype than NumPy's own, `0-d` where a Python number comes as a tensor.
TABLE = """
numpy.all | tb.all | np.all(m, axis=0)
numpy.all | numpy | np.all(m, where=m)
numpy.allclose | numpy | np.allclose(x, x)
numpy.alltrue | numpy | np.alltrue(m)
numpy.amax | tb.max | np.amax(x, axis=1)
numpy.amin | tb.min | np.amin(x)
numpy.angle | tb.angle | np.angle(c)
numpy.any | tb.any | np.any(m)
numpy.append | numpy | np.append(v, u)
numpy.apply_along_axis | numpy | np.apply_along_axis(np.sum, 0, x)
numpy.apply_over_axes | numpy | np.apply_over_axes(np.sum, x, [0, 1])
numpy.argmax | tb.argmax | np.argmax(x, axis=0)
numpy.argmin | tb.argmin | np.argmin(x)
numpy.argpartition | tb.argpartition | np.argpartition(v, 1)
numpy.argsort | tb.argsort | np.argsort(u)
numpy.argwhere | tb.argwhere | np.argwhere(m)
numpy.around | tb.round | np.around(x, 1)
numpy.array2string | numpy | np.array2string(v)
numpy.array_equal | numpy | np.array_equal(x, y)
numpy.array_equiv | numpy | np.array_equiv(x, x)
numpy.array_repr | numpy | np.array_repr(v)
numpy.array_split | numpy | np.array_split(v, 3)
numpy.array_str | numpy | np.array_str(v)
numpy.asfarray | numpy | np.asfarray(v)
numpy.astype | tb.astype | np.astype(x, np.float64)
numpy.atleast_1d | tb.atleast_1d | np.atleast_1d(s)
numpy.atleast_2d | tb.atleast_2d | np.atleast_2d(v)
numpy.atleast_3d | tb.atleast_3d | np.atleast_3d(x)
numpy.average | tb.average | np.average(x, axis=0, weights=p)
numpy.bincount | tb.bincount | np.bincount(i)
numpy.block | numpy | np.block([[x, y], [y, x]])
numpy.broadcast_arrays | numpy | list(np.broadcast_arrays(x, v))
numpy.broadcast_to | tb.broadcast_to | np.broadcast_to(v, (3, 4))
numpy.busday_count | refused | np.busday_count(i, i)
numpy.busday_offset | refused | np.busday_offset(i, i)
numpy.can_cast | numpy | np.can_cast(v, np.float64)
numpy.choose | numpy | np.choose(i, [v, u, v, u])
numpy.clip | tb.clip | np.clip(x, 1, 4)
numpy.clip | tb.clip | np.clip(x, None, u)
numpy.column_stack | tb.concat | np.column_stack([v, u])
numpy.common_type | numpy | np.common_type(x, v)
numpy.compress | numpy | np.compress(k, x, axis=1)
numpy.concat | tb.concat | np.concat([x, y], axis=1)
numpy.concatenate | tb.concat | np.concatenate([x, y])
numpy.concatenate | tb.concat | np.concatenate((v, u), axis=None)
numpy.convolve | tb.convolve | np.convolve(v, u)
numpy.copy | tb.clone | np.copy(x)
numpy.copyto | tb.Tensor.copy_ | (np.copyto(w, x), w)
numpy.copyto | numpy | (np.copyto(w, x, where=m), w)
numpy.corrcoef | tb.corrcoef | np.corrcoef(x) # dtype
numpy.correlate | tb.correlate | np.correlate(v, u)
numpy.count_nonzero | tb.count_nonzero | np.count_nonzero(m, axis=1)
numpy.cov | tb.cov | np.cov(x) # dtype
numpy.cross | tb.cross | np.cross(p, q)
numpy.cumprod | tb.cumulative_prod | np.cumprod(x, axis=1)
numpy.cumproduct | numpy | np.cumproduct(v)
numpy.cumsum | tb.cumulative_sum | np.cumsum(x)
numpy.cumulative_prod | tb.cumulative_prod | np.cumulative_prod(v)
numpy.cumulative_sum | tb.cumulative_sum | np.cumulative_sum(v, include_initial=True)
numpy.datetime_as_string | refused | np.datetime_as_string(i)
numpy.delete | numpy | np.delete(v, 1)
numpy.diag | numpy | np.diag(sq)
numpy.diag_indices_from | numpy | np.diag_indices_from(sq)
numpy.diagflat | numpy | np.diagflat(v)
numpy.diagonal | tb.diagonal | np.diagonal(x, 1)
numpy.diff | numpy | np.diff(x)
numpy.digitize | tb.digitize | np.digitize(v, up)
numpy.dot | tb.matmul | np.dot(sq, p)
numpy.dot | numpy | np.dot(cube, np.swapaxes(cube, 1, 2))
numpy.dsplit | numpy | np.dsplit(cube, 2)
numpy.dstack | tb.concat | np.dstack([v, u])
numpy.ediff1d | numpy | np.ediff1d(v)
numpy.einsum | tb.einsum | np.einsum("ij,kj->ik", x, y)
numpy.einsum_path | numpy | np.einsum_path("ij,kj->ik", x, y)
numpy.empty_like | tb.empty_like | np.nan_to_num(np.empty_like(x)) * 0
numpy.expand_dims | tb.expand_dims | np.expand_dims(x, 1)
numpy.extract | numpy | np.extract(m, x)
numpy.fill_diagonal | numpy | (np.fill_diagonal(w, 7), w)
numpy.fix | tb.trunc | np.fix(x)
numpy.flatnonzero | tb.flatnonzero | np.flatnonzero(m)
numpy.flip | tb.flip | np.flip(x, 0)
numpy.fliplr | tb.fliplr | np.fliplr(x)
numpy.flipud | tb.flipud | np.flipud(x)
numpy.full_like | tb.full_like | np.full_like(x, 7)
numpy.geomspace | tb.geomspace | np.geomspace(1, s, 3) # dtype
numpy.geomspace | numpy | np.geomspace(p, q + 2, 3)
numpy.gradient | tb.gradient | np.gradient(x)
numpy.histogram | tb.histogram | np.histogram(x, bins=3)
numpy.histogram2d | numpy | np.histogram2d(v, u, 2)
numpy.histogram_bin_edges | tb.histogram_bin_edges | np.histogram_bin_edges(v, 3)
numpy.histogramdd | numpy | np.histogramdd(pairs, 2)
numpy.hsplit | numpy | np.hsplit(x, 2)
numpy.hstack | tb.concat | np.hstack([x, y])
numpy.i0 | numpy | np.i0(v)
numpy.imag | tb.imag | np.imag(c)
numpy.in1d | tb.isin | np.in1d(v, u)
numpy.inner | tb.inner | np.inner(x, y)
numpy.insert | numpy | np.insert(v, 1, u)
numpy.interp | tb.interp | np.interp(u, up, v) # dtype
numpy.intersect1d | tb.intersect1d | np.intersect1d(v, u)
numpy.is_busday | refused | np.is_busday(i)
numpy.isclose | numpy | np.isclose(x, y)
numpy.iscomplex | numpy | np.iscomplex(c)
numpy.iscomplexobj | tb.Tensor.is_complex | np.iscomplexobj(c)
numpy.isin | tb.isin | np.isin(v, u)
numpy.isneginf | tb.isneginf | np.isneginf(x)
numpy.isposinf | tb.isposinf | np.isposinf(x)
numpy.isreal | tb.isreal | np.isreal(c)
numpy.isrealobj | tb.Tensor.is_complex | np.isrealobj(x)
numpy.ix_ | numpy | np.ix_(i, i)
numpy.kron | tb.kron | np.kron(x, sq)
numpy.lexsort | tb.lexsort | np.lexsort((v, u))
numpy.linspace | tb.linspace | np.linspace(0, s, 3) # dtype
numpy.linspace | numpy | np.linspace(p, q, 3)
numpy.logspace | tb.logspace | np.logspace(0, s, 3) # dtype
numpy.logspace | numpy | np.logspace(p, q, 3)
numpy.matrix_transpose | tb.matrix_transpose | np.matrix_transpose(x)
numpy.max | tb.max | np.max(x, axis=0, keepdims=True)
numpy.max | numpy | np.max(x, initial=100)
numpy.may_share_memory | tb.may_share_memory | np.may_share_memory(x, x)
numpy.mean | tb.mean | np.mean(x, axis=(0, 1))
numpy.median | tb.median | np.median(x, axis=0)
numpy.meshgrid | numpy | list(np.meshgrid(v, p))
numpy.min | tb.min | np.min(x, 0)
numpy.min_scalar_type | numpy | np.min_scalar_type(s)
numpy.moveaxis | tb.moveaxis | np.moveaxis(cube, 0, -1)
numpy.msort | tb.msort | np.msort(x)
numpy.nan_to_num | tb.nan_to_num | np.nan_to_num(nan)
numpy.nanargmax | numpy | np.nanargmax(nan)
numpy.nanargmin | numpy | np.nanargmin(nan)
numpy.nancumprod | numpy | np.nancumprod(nan)
numpy.nancumsum | numpy | np.nancumsum(nan)
numpy.nanmax | tb.nanmax | np.nanmax(nan)
numpy.nanmean | tb.nanmean | np.nanmean(nan)
numpy.nanmedian | tb.nanmedian | np.nanmedian(nan)
numpy.nanmin | tb.nanmin | np.nanmin(nan)
numpy.nanpercentile | tb.nanpercentile | np.nanpercentile(nan, 30)
numpy.nanprod | tb.nanprod | np.nanprod(nan)
numpy.nanquantile | tb.nanquantile | np.nanquantile(nan, 0.3)
numpy.nanstd | tb.nanstd | np.nanstd(nan)
numpy.nansum | tb.nansum | np.nansum(nan)
numpy.nanvar | tb.nanvar | np.nanvar(nan)
numpy.ndim | tb.Tensor.ndim | np.ndim(x)
numpy.nonzero | tb.nonzero | np.nonzero(m)
numpy.ones_like | tb.ones_like | np.ones_like(x)
numpy.outer | tb.outer | np.outer(v, u)
numpy.packbits | numpy | np.packbits(m)
numpy.pad | tb.pad | np.pad(v, 2)
numpy.pad | tb.pad | np.pad(x, ((1, 2), (0, 3)), 'reflect')
numpy.pad | tb.pad | np.pad(v, 2, constant_values=(1, 7))
numpy.pad | numpy | np.pad(x, 1, 'maximum')
numpy.partition | tb.partition | np.partition(v, 1)
numpy.percentile | tb.percentile | np.percentile(x, 30)
numpy.permute_dims | tb.permute_dims | np.permute_dims(cube, (1, 0, 2))
numpy.piecewise | numpy | np.piecewise(v, [v > 2], [1, 0])
numpy.place | numpy | (np.place(w, m, [7]), w)
numpy.poly | numpy | np.poly(p)
numpy.polyadd | numpy | np.polyadd(p, q)
numpy.polyder | numpy | np.polyder(p)
numpy.polydiv | numpy | np.polydiv(q, p)
numpy.polyfit | numpy | np.polyfit(v, u, 1)
numpy.polyint | numpy | np.polyint(p)
numpy.polymul | numpy | np.polymul(p, q)
numpy.polysub | numpy | np.polysub(p, q)
numpy.polyval | numpy | np.polyval(p, v)
numpy.prod | tb.prod | np.prod(v)
numpy.product | numpy | np.product(v)
numpy.ptp | tb.ptp | np.ptp(x)
numpy.put | tb.Tensor.put_ | (np.put(w, [0, 5], [7, 8]), w)
numpy.put_along_axis | tb.put_along_axis | (np.put_along_axis(w, j, 7, 1), w)
numpy.putmask | numpy | (np.putmask(w, m, x), w)
numpy.quantile | tb.quantile | np.quantile(x, 0.3, axis=0)
numpy.ravel | tb.reshape | np.ravel(x)
numpy.ravel | numpy | np.ravel(x, order="F")
numpy.ravel_multi_index | numpy | np.ravel_multi_index((i, i), (4, 4))
numpy.real | tb.real | np.real(c)
numpy.real_if_close | numpy | np.real_if_close(c)
numpy.repeat | tb.repeat | np.repeat(v, 2)
numpy.repeat | tb.repeat | np.repeat(x, [2, 0, 1], axis=0)
numpy.reshape | tb.reshape | np.reshape(x, (4, 3))
numpy.reshape | numpy | np.reshape(x, (4, 3), order="F")
numpy.resize | numpy | np.resize(v, (2, 3))
numpy.result_type | tb.result_type | np.result_type(x, np.float64)
numpy.roll | tb.roll | np.roll(v, 1)
numpy.roll | tb.roll | np.roll(x, (1, 2), axis=(0, 1))
numpy.rollaxis | numpy | np.rollaxis(cube, 2)
numpy.roots | numpy | np.roots(q)
numpy.rot90 | tb.rot90 | np.rot90(x)
numpy.round | tb.round | np.round(x, 1)
numpy.round_ | numpy | np.round_(x)
numpy.row_stack | tb.concat | np.row_stack([v, u])
numpy.save | numpy | saved(np.save, x)
numpy.savetxt | numpy | saved(np.savetxt, x)
numpy.savez | numpy | saved(np.savez, x)
numpy.savez_compressed | numpy | saved(np.savez_compressed, x)
numpy.searchsorted | tb.searchsorted | np.searchsorted(up, v)
numpy.select | numpy | np.select([m, ~m], [x, y])
numpy.setdiff1d | tb.setdiff1d | np.setdiff1d(v, u)
numpy.setxor1d | tb.setxor1d | np.setxor1d(v, u)
numpy.shape | tb.Tensor.shape | np.shape(x)
numpy.shares_memory | tb.shares_memory | np.shares_memory(x, x)
numpy.sinc | tb.sinc | np.sinc(x)
numpy.size | tb.Tensor.shape | np.size(x)
numpy.size | tb.Tensor.shape | np.size(x, 0)
numpy.sometrue | numpy | np.sometrue(m)
numpy.sort | tb.sort | np.sort(x)
numpy.sort | tb.sort | np.sort(x, axis=None, kind="stable")
numpy.sort_complex | numpy | np.sort_complex(c)
numpy.split | numpy | np.split(v, 2)
numpy.squeeze | tb.squeeze | np.squeeze(one)
numpy.squeeze | tb.squeeze | np.squeeze(one, 0)
numpy.stack | tb.stack | np.stack([x, y], axis=1)
numpy.std | tb.std | np.std(x, ddof=1)
numpy.sum | tb.sum | np.sum(x, axis=0)
numpy.sum | numpy | np.sum(x, where=m, initial=3)
numpy.swapaxes | tb.permute_dims | np.swapaxes(cube, 0, -1)
numpy.take | tb.take | np.take(v, i)
numpy.take | tb.take | np.take(x, i, axis=1)
numpy.take_along_axis | tb.take_along_axis | np.take_along_axis(x, j, 1)
numpy.tensordot | tb.tensordot | np.tensordot(x, y.T, 1)
numpy.tile | tb.tile | np.tile(v, (2, 2))
numpy.trace | tb.sum | np.trace(sq)
numpy.transpose | tb.permute_dims | np.transpose(cube)
numpy.trapezoid | numpy | np.trapezoid(v)
numpy.trapz | numpy | np.trapz(v)
numpy.tril | tb.tril | np.tril(sq)
numpy.tril_indices_from | numpy | np.tril_indices_from(sq)
numpy.trim_zeros | numpy | np.trim_zeros(v)
numpy.triu | tb.triu | np.triu(sq, 1)
numpy.triu_indices_from | numpy | np.triu_indices_from(sq)
numpy.union1d | tb.union1d | np.union1d(v, u)
numpy.unique | tb.unique | np.unique(x, return_counts=True)
numpy.unique_all | tb.unique_all | np.unique_all(x)
numpy.unique_counts | tb.unique_counts | np.unique_counts(x)
numpy.unique_inverse | tb.unique_inverse | np.unique_inverse(x)
numpy.unique_values | tb.unique_values | np.sort(np.unique_values(v))
numpy.unpackbits | numpy | np.unpackbits(b)
numpy.unravel_index | numpy | np.unravel_index(i, (2, 2))
numpy.unstack | tb.unstack | np.unstack(x)
numpy.unwrap | numpy | np.unwrap(v)
numpy.vander | tb.vander | np.vander(v, 3) # dtype
numpy.var | tb.var | np.var(x, axis=0)
numpy.vdot | tb.vdot | np.vdot(v, u)
numpy.vsplit | numpy | np.vsplit(x, 3)
numpy.vstack | tb.concat | np.vstack([v, u])
numpy.where | tb.where | np.where(m, x, y)
numpy.where | tb.nonzero | np.where(m)
numpy.zeros_like | tb.zeros_like | np.zeros_like(x)
numpy.linalg.cholesky | tb.linalg.cholesky | np.linalg.cholesky(sq)
numpy.linalg.cond | tb.linalg.cond | np.linalg.cond(sq)
numpy.linalg.cross | tb.linalg.cross | np.linalg.cross(p, q)
numpy.linalg.det | tb.linalg.det | np.linalg.det(sq)
numpy.linalg.diagonal | tb.linalg.diagonal | np.linalg.diagonal(sq)
numpy.linalg.eig | tb.linalg.eig | np.sort(np.linalg.eig(sq)[0])
numpy.linalg.eigh | tb.linalg.eigh | (lambda values, vectors: [values, np.abs(vectors)])(*np.linalg.eigh(sq))
numpy.linalg.eigvals | tb.linalg.eigvals | np.linalg.eigvals(sq)
numpy.linalg.eigvalsh | tb.linalg.eigvalsh | np.linalg.eigvalsh(sq)
numpy.linalg.inv | tb.linalg.inv | np.linalg.inv(sq)
numpy.linalg.lstsq | tb.linalg.lstsq | np.linalg.lstsq(x, p, rcond=None) # dtype
numpy.linalg.matmul | tb.linalg.matmul | np.linalg.matmul(sq, x)
numpy.linalg.matrix_norm | tb.linalg.matrix_norm | np.linalg.matrix_norm(x)
numpy.linalg.matrix_power | tb.linalg.matrix_power | np.linalg.matrix_power(sq, 2)
numpy.linalg.matrix_rank | tb.linalg.matrix_rank | np.linalg.matrix_rank(x)
numpy.linalg.matrix_transpose | tb.linalg.matrix_transpose | np.linalg.matrix_transpose(x)
numpy.linalg.multi_dot | tb.linalg.multi_dot | np.linalg.multi_dot([sq, sq, x])
numpy.linalg.norm | tb.linalg.norm | np.linalg.norm(x)
numpy.linalg.outer | tb.linalg.outer | np.linalg.outer(v, u)
numpy.linalg.pinv | tb.linalg.pinv | np.linalg.pinv(x)
numpy.linalg.qr | tb.linalg.qr | np.linalg.qr(x)
numpy.linalg.slogdet | tb.linalg.slogdet | np.linalg.slogdet(sq)
numpy.linalg.solve | tb.linalg.solve | np.linalg.solve(sq, x)
numpy.linalg.svd | tb.linalg.svd | list(map(np.abs, np.linalg.svd(x)))
numpy.linalg.svdvals | tb.linalg.svdvals | np.linalg.svdvals(x)
numpy.linalg.tensordot | tb.linalg.tensordot | np.linalg.tensordot(sq, x, axes=1)
numpy.linalg.tensorinv | tb.linalg.tensorinv | np.linalg.tensorinv(eye4)
numpy.linalg.tensorsolve | tb.linalg.tensorsolve | np.linalg.tensorsolve(eye4, two)
numpy.linalg.trace | tb.linalg.trace | np.linalg.trace(sq)
numpy.linalg.vecdot | tb.linalg.vecdot | np.linalg.vecdot(v, u)
numpy.linalg.vector_norm | tb.linalg.vector_norm | np.linalg.vector_norm(v)
numpy.fft.fft | tb.fft.fft | np.fft.fft(v) # dtype
numpy.fft.fft2 | tb.fft.fft2 | np.fft.fft2(x) # dtype
numpy.fft.fftn | tb.fft.fftn | np.fft.fftn(cube) # dtype
numpy.fft.fftshift | tb.fft.fftshift | np.fft.fftshift(x)
numpy.fft.hfft | tb.fft.hfft | np.fft.hfft(c) # dtype
numpy.fft.ifft | tb.fft.ifft | np.fft.ifft(c) # dtype
numpy.fft.ifft2 | tb.fft.ifft2 | np.fft.ifft2(x) # dtype
numpy.fft.ifftn | tb.fft.ifftn | np.fft.ifftn(cube) # dtype
numpy.fft.ifftshift | tb.fft.ifftshift | np.fft.ifftshift(x)
numpy.fft.ihfft | tb.fft.ihfft | np.fft.ihfft(v) # dtype
numpy.fft.irfft | tb.fft.irfft | np.fft.irfft(c) # dtype
numpy.fft.irfft2 | tb.fft.irfft2 | np.fft.irfft2(x) # dtype
numpy.fft.irfftn | tb.fft.irfftn | np.fft.irfftn(cube) # dtype
numpy.fft.rfft | tb.fft.rfft | np.fft.rfft(v) # dtype
numpy.fft.rfft2 | tb.fft.rfft2 | np.fft.rfft2(x) # dtype
numpy.fft.rfftn | tb.fft.rfftn | np.fft.rfftn(cube) # dtype
numpy.lib.scimath.arccos | numpy | np.lib.scimath.arccos(v)
numpy.lib.scimath.arcsin | numpy | np.lib.scimath.arcsin(v)
numpy.lib.scimath.arctanh | numpy | np.lib.scimath.arctanh(u + 4)
numpy.lib.scimath.log | numpy | np.lib.scimath.log(-v)
numpy.lib.scimath.log10 | numpy | np.lib.scimath.log10(v)
numpy.lib.scimath.log2 | numpy | np.lib.scimath.log2(v)
numpy.lib.scimath.logn | numpy | np.lib.scimath.logn(2, v)
numpy.lib.scimath.power | numpy | np.lib.scimath.power(v, 2)
numpy.lib.scimath.sqrt | numpy | np.lib.scimath.sqrt(-v)
numpy.lib.stride_tricks.sliding_window_view | tb.sliding_window_view | np.lib.stride_tricks.sliding_window_view(v, 2)
"""


def rows():
    for line in TABLE.strip().splitlines():
        name, path, call = (part.strip() for part in line.split("|", 2))
        call, _, note = call.partition(" # ")
        yield name, path, call, note


ROWS = list(rows())


def resolve(name):
    """The function of that name in this NumPy, or `None`."""
    *modules, last = name.split(".")[1:]
    found = np
    for part in modules:
        found = getattr(found, part, None)
    return getattr(found, last, None)


def dispatchers():
    """Every public function of NumPy that asks its arguments first."""
    modules = {
        "numpy": np,
        "numpy.linalg": np.linalg,
        "numpy.fft": np.fft,
        "numpy.lib.scimath": np.lib.scimath,
        "numpy.lib.stride_tricks": np.lib.stride_tricks,
    }
    seen = set()
    for prefix, module in modules.items():
        public = {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}
        for name, value in public.items():
            # Modules below `numpy.lib` import what they need from `numpy`.
            if hasattr(value, "_implementation") and (prefix == "numpy" or value not in seen):
                seen.add(value)
                yield f"{prefix}.{name}"


def saved(function, array):
    if function is np.savetxt:
        file = io.StringIO()
        function(file, array)
        return file.getvalue()
    file = io.BytesIO()
    function(file, array)
    file.seek(0)
    loaded = np.load(file)
    return "saved", (loaded if function is np.save else loaded["arr_0"]).tolist()


def evaluate(call, wrap):
    names = {name: wrap(array.copy()) for name, array in SAMPLES.items()}
    return eval(call, {"np": np, "saved": saved, "list": list, "map": map, **names})


def plain(value):
    """A result without tensors, for the comparison."""
    if isinstance(value, tb.Tensor):
        return value.numpy()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def assert_no_array_left(ours, theirs):
    """Where NumPy gives an array or a number of its own, a tensor came; else the same type."""
    if isinstance(theirs, (np.ndarray, np.generic)):
        assert type(ours) is tb.Tensor, (type(ours), type(theirs))
    elif isinstance(theirs, (list, tuple)):
        assert type(ours) is type(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_no_array_left(one, other)
    else:
        assert type(ours) is type(theirs), (ours, theirs)


def assert_same(ours, theirs, dtype=True):
    if isinstance(theirs, list):
        for one, other in zip(ours, theirs, strict=True):
            assert_same(one, other, dtype)
    elif isinstance(theirs, (np.ndarray, np.generic)):
        assert ours.shape == theirs.shape
        if dtype:
            assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-5)
    else:
        assert ours == theirs


def has(path):
    found = tb
    for part in path.split(".")[1:]:
        found = getattr(found, part, None)
    return found is not None


def computed(events):
    return [event.operation for event in events if event.action == "computed"]
