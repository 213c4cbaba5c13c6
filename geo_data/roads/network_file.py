"""The file of a compiled network, which processes share through a memory map.

It is in safetensors form (8-byte little-endian header length, JSON header, raw arrays), so any reader of that format
opens it; we map it instead of reading it.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save as to_bytes

from dispatch.errors import InvalidInput, Unavailable
from geo_data.roads.derived import derive
from geo_data.roads.network import ARRAYS, Network

FORMAT = "gzdispatch-network-3"
DERIVED = "derived."


def save(network: Network, path: Path) -> None:
    """Write ``network`` to one file; an existing file is replaced only when the new one is whole."""
    tensors = {key: np.ascontiguousarray(getattr(network, key)) for key in ARRAYS}
    tensors |= {f"{DERIVED}{key}": array for key, array in (network.derived or derive(network)).items()}
    if len(network.places):
        tensors["places"] = network.places
    tensors["names"] = np.frombuffer("\n".join(network.names).encode(), dtype=np.uint8)
    metadata = {"format": FORMAT, "meta": json.dumps(dict(network.meta), ensure_ascii=False, sort_keys=True)}
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # several processes may compile at once
    try:
        part.write_bytes(to_bytes(tensors, metadata=metadata))  # save_file would shut other users out of the file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load(path: Path) -> Network:
    """Map a compiled network into memory, read-only.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When the file is not a compiled network, or is cut short.
    """
    try:
        raw = np.memmap(path, dtype=np.uint8, mode="r")
    except FileNotFoundError:
        raise Unavailable(
            f"No network at {path}: run `make setup`, or import one with `gzdispatch network import`."
        ) from None
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path} is not a compiled network ({error}).") from None
    try:
        header, start = _header(raw)
        meta = json.loads(header["__metadata__"]["meta"])
        arrays = {key: _array(raw, start, header[key]) for key in (*ARRAYS, "names")}
        if "places" in header:  # a network without places of its own has no such entry
            arrays["places"] = _array(raw, start, header["places"])
        derived = {
            key.removeprefix(DERIVED): _array(raw, start, entry)
            for key, entry in header.items()
            if key.startswith(DERIVED)
        }
    except (KeyError, ValueError, TypeError) as error:
        raise InvalidInput(f"{path} is not a compiled network, or is cut short ({error}): import it again.") from None
    text = arrays.pop("names").tobytes().decode()
    return Network(**arrays, names=tuple(text.split("\n")) if text else (), meta=meta, derived=derived)


def _header(raw: npt.NDArray[np.uint8]) -> tuple[dict[str, Any], int]:
    size = int(raw[:8].view("<u8")[0])
    if size > len(raw) - 8:
        raise ValueError("header longer than the file")
    header = json.loads(raw[8 : 8 + size].tobytes())
    if header["__metadata__"].get("format") != FORMAT:
        raise ValueError(f"not of format {FORMAT}")
    return header, 8 + size


_DTYPES = {"F64": np.float64, "I32": np.int32, "I64": np.int64, "U8": np.uint8}


def _array(raw: npt.NDArray[np.uint8], start: int, entry: dict[str, Any]) -> npt.NDArray[Any]:
    begin, end = entry["data_offsets"]
    if start + end > len(raw):
        raise ValueError("an array runs past the end of the file")
    return np.asarray(raw[start + begin : start + end]).view(_DTYPES[entry["dtype"]]).reshape(entry["shape"])
