"""Values of a measure as arrays of pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from pandas.api.extensions import ExtensionArray


def values_array(
    steps: npt.NDArray[np.int64], absent: npt.NDArray[np.bool_], decimals: int
) -> ExtensionArray:
    """Return values as an array of pandas in which an absent one is ``<NA>``.

    Whole values are Int64. Values with decimals are Float64, as in any other data frame: each is the float
    that is nearest to the exact decimal, the one that Python and pandas write as ``12.5``. Sums of such
    floats may differ in the last digits, so exact sums are those of `Aggregate`.

    Parameters
    ----------
    steps : the values in steps of their measure; not changed.
    absent : which of them are absent.
    decimals : number of decimals of the measure.
    """
    import pandas as pd

    if not decimals:
        return pd.arrays.IntegerArray(steps.copy(), absent)
    return pd.arrays.FloatingArray(steps / 10**decimals, absent)
