"""Settings of the test run, and which tests ask more of their oracle than NumPy 1 can answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# Time is the machine's affair, not the property's.
settings.register_profile(
    "tensorbridge", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tensorbridge")

NUMPY_2 = int(np.__version__.split(".")[0]) >= 2

BEYOND_NUMPY_1 = {
    "test_closeness.py::test_every_pair_of_special_values[False-c": "complex infinities",
    "test_closeness.py::test_every_pair_of_special_values[True-c": "complex infinities",
    "test_covariance.py::test_every_covariance": "matrices of one row, turned",
    "test_doors.py::test_arrow_arrays_come_in": "pyarrow needs NumPy 2",
    "test_explain_messages.py::test_every_entry_is_tested": "messages about DLPack devices",
    "test_hostile.py::test_a_read_only_mapping_is_never_written": "read-only DLPack",
    "test_indexing.py::test_nesting_and_ranks_without_end": "arrays of 63 axes",
    "test_numpy_functions.py::test_every_function[--np.linalg.lstsq": "NumPy 1 keeps lstsq to itself",
    "test_numpy_functions.py::test_every_function[--np.msort": "its deprecation, which only NumPy 1 says",
    "test_numpy_functions.py::test_every_function[--np.nanpercentile(nan, 30": "float64 for float32",
    "test_numpy_functions.py::test_every_function[--np.nanquantile(nan, 0.3": "float64 for float32",
    "test_numpy_functions.py::test_every_function[--np.percentile(x, 30": "float64 for float32",
    "test_numpy_functions.py::test_every_function[--np.quantile(x, 0.3": "float64 for float32",
    "test_operators.py::test_products": "np.vecdot",
    "test_pytorch_habits.py::test_what_is_absent_names_a_function_that_exists[trap": "np.trapezoid",
    "test_quantiles.py::test_every_quantile": "the closest observation of two",
    "test_rounding.py::test_every_function_on_every_layout[sign]": "signs of complex numbers",
    "test_sets.py::test_different_elements": "complex NaN, without a warning",
    "test_sets.py::test_two_sets": "the dtypes of empty sets",
    "test_sorting.py::test_every_line_of_every_layout": "complex NaN, without a warning",
    "test_sorting.py::test_long_lines": "complex NaN, without a warning",
}


def pytest_configure(config: pytest.Config) -> None:
    """Lets NumPy 1 warn about its own arithmetic and conversions, as the oracle, unpunished."""
    if not NUMPY_2:
        config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning:numpy.core")
        config.addinivalue_line(
            "filterwarnings", "ignore:Conversion of an array with ndim:DeprecationWarning"
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips, on NumPy 1 alone, what NumPy 1 has no answer to."""
    if NUMPY_2:
        return
    for item in items:
        for start, what in BEYOND_NUMPY_1.items():
            if item.nodeid.removeprefix("tests/").startswith(start):
                item.add_marker(pytest.mark.skip(reason=f"the oracle is NumPy 2's: {what}"))
