"""Types for signatures of compiled functions.

Signatures are written out so that one compiled form serves arrays that may be written and those of a mapped file, and
so that it is compiled when the module is first imported and kept on disk, not in the middle of a first request.
"""

from numba import types

READ_I32, READ_U32, READ_I64, READ_F64 = (
    types.Array(kind, 1, "C", readonly=True) for kind in (types.int32, types.uint32, types.int64, types.float64)
)
I32, U32, I64, F64 = types.int32[::1], types.uint32[::1], types.int64[::1], types.float64[::1]
FLAGS = types.boolean[::1]
WHOLE, REAL = types.int64, types.float64
NOTHING = types.void


def together(*kinds: types.Type) -> types.Type:
    """A tuple of these."""
    return types.Tuple(kinds)  # type: ignore[no-untyped-call]
